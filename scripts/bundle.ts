/**
 * `deno task bundle [--version v1.2.3]`: make dist/ from main.ts, minified and split into chunks, so that a command
 * loads only what it needs. Safe beside running commands and other bundlers: chunks are put in place first, the
 * entry last.
 */
import { VERSION } from "../lib/version.ts";
import { isBuiltFrom, readInputs, writeInputs } from "./bundle_inputs.ts";
import { bundlePage, scriptModule } from "./bundle_page.ts";
import { type Chunk, closureOf, mergeChunks, parseChunk } from "./merge_chunks.ts";
import { makeWorkFolder, root } from "./root.ts";

const dist = `${root}dist`;

/** Chunks that may be loaded after a command has given up reading files; Deno lets only literal imports pass then. */
const ALWAYS_LITERAL = /^(error_text|help|child|event_log)-/;

/** Commands that are called all the time: each comes in a few files. A text that only its chunk holds tells which it is. */
const HOT = [
  {
    file: "gate_eval.js",
    command: "gait gate eval --policy policy.yaml --intent intent.json --explain-decision",
  },
  { file: "verify.js", command: "gait verify run_demo" },
];

if (import.meta.main) {
  const at = Deno.args.indexOf("--version");
  await bundle(at < 0 ? undefined : Deno.args[at + 1], Deno.args.includes("--if-stale"));
}

/** Build the bundle; with `onlyIfStale` not when it was built from the same sources already. */
export async function bundle(version?: string, onlyIfStale = false): Promise<void> {
  await Deno.mkdir(`${root}.cache`, { recursive: true });
  await Deno.mkdir(dist, { recursive: true });
  const lock = await Deno.open(`${root}.cache/bundle.lock`, { create: true, write: true });
  await lock.lock(true);
  const work = await makeWorkFolder("bundle-");
  try {
    // Read before the bundler reads them: what changes while it runs must count as newer than the bundle.
    const inputs = await readInputs();
    if (onlyIfStale && await isBuiltFrom(inputs)) return await writeInputs(inputs);
    await run(["bundle", "--quiet", "--minify", "--code-splitting", "--outdir", work, `${root}main.ts`]);
    // Not at the same time: on a new machine each would install the bundler's program in the same place.
    await Deno.writeTextFile(`${work}/page_script.js`, scriptModule(await bundlePage()));
    const made = new Set<string>();
    for await (const { name } of Deno.readDir(work)) made.add(name);
    if (version !== undefined) await stampVersion(work, made, version.replace(/^v/, ""));
    for (const name of made) if (name !== "page_script.js") await loadOnDemand(`${work}/${name}`);
    for (const name of await mergeHotChunks(work, made)) made.add(name);
    for (const name of [...made].filter((name) => name !== "main.js")) {
      await Deno.rename(`${work}/${name}`, `${dist}/${name}`);
    }
    await Deno.rename(`${work}/main.js`, `${dist}/main.js`);
    await writeInputs(inputs);
    for await (const { name } of Deno.readDir(dist)) {
      if (name.endsWith(".js") && !made.has(name)) await Deno.remove(`${dist}/${name}`);
    }
  } finally {
    await Deno.remove(work, { recursive: true });
    lock.close();
  }
}

/**
 * Deno reads and parses every chunk that a literal `import()` names before the program starts: a millisecond for every
 * ten chunks, of which few are used. A specifier that it can't see is read when it is needed; commands load before they
 * give up reading, and those that load more later keep that right.
 */
async function loadOnDemand(path: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  const hidden = text.replace(
    /\bimport\("\.\/([^"]+)"\)/g,
    (literal, chunk) => ALWAYS_LITERAL.test(chunk) ? literal : `$loadChunk("./${chunk}")`,
  );
  if (hidden === text) return;
  const head = /^(?:\s*import(?:\{[^}]*\}from)?"[^"]+";)*/.exec(hidden)![0];
  const loader = "const $loadChunk=(chunk)=>import(chunk);";
  await Deno.writeTextFile(path, head + loader + hidden.slice(head.length));
}

/** Put the chunks of the front door, and of the hot commands, into one file each. */
async function mergeHotChunks(folder: string, names: ReadonlySet<string>): Promise<string[]> {
  const texts = new Map<string, string>();
  for (const name of names) {
    if (name !== "page_script.js") texts.set(name, await Deno.readTextFile(`${folder}/${name}`));
  }
  const chunks = new Map<string, Chunk>();
  for (const [name, text] of texts) {
    const chunk = parseChunk(text);
    if (chunk) chunks.set(name, chunk);
  }
  const always = [...texts.keys()].filter((name) => ALWAYS_LITERAL.test(name));
  const core = unique(["main.js", ...always].flatMap((root) => closureOf(root, chunks)))
    .filter((name) => name !== "main.js");
  const closures = HOT.map(({ command }) => closureOf(chunkOf(command, texts), chunks));
  const own = closures.map((closure) => closure.filter((name) => !core.includes(name)));
  const shared = own[0]!.filter((name) => own[1]!.includes(name));
  const groups = [
    { file: "core.js", chunks: core },
    { file: "shared.js", chunks: shared },
    ...HOT.map(({ file }, i) => ({ file, chunks: own[i]!.filter((name) => !shared.includes(name)) })),
  ];
  const made = mergeChunks(chunks, groups, "main.js");
  for (const [name, text] of made) await Deno.writeTextFile(`${folder}/${name}`, text);
  return [...made.keys()];
}

function chunkOf(command: string, texts: ReadonlyMap<string, string>): string {
  const found = [...texts].filter(([name, text]) =>
    !name.startsWith("chunk-") && text.includes(`"${command}"`)
  );
  if (found.length !== 1) {
    throw new Error(`Cannot merge chunks: "${command}" stands in ${found.length} of them`);
  }
  return found[0]![0];
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

/** The version stands in the bundle once, as the text that lib/version.ts gives it. */
async function stampVersion(folder: string, names: Iterable<string>, version: string): Promise<void> {
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) {
    throw new Error(`Cannot stamp version "${version}"`);
  }
  let stamped = 0;
  for (const name of names) {
    const path = `${folder}/${name}`;
    const text = await Deno.readTextFile(path);
    const next = text.replaceAll(`"gait-version:${VERSION}"`, `"gait-version:${version}"`);
    if (next === text) continue;
    stamped++;
    await Deno.writeTextFile(path, next);
  }
  if (stamped !== 1) throw new Error(`Cannot stamp version: found it in ${stamped} chunks`);
}

async function run(args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    stdout: "null",
    stderr: "piped",
  })
    .output();
  if (!success) throw new Error(`Cannot bundle:\n${new TextDecoder().decode(stderr)}`);
}
