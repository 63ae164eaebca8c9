/**
 * `deno task bundle [--version v1.2.3]`: build dist/ from main.ts, minified and split into chunks, so that a command
 * loads only what it needs. Safe while commands and other bundlers run: chunks are written first, the entry last.
 */
import { HOT } from "../lib/commands/hot.ts";
import { VERSION } from "../lib/version.ts";
import { isBuiltFrom, readInputs, writeInputs } from "./bundle_inputs.ts";
import { bundlePage, scriptModule } from "./bundle_page.ts";
import { type Chunk, closureOf, equivalentChunk, mergeChunks, parseChunk } from "./merge_chunks.ts";
import { makeWorkFolder, root, urlOf } from "./root.ts";

const dist = `${root}dist`;

/** Chunks that may be loaded after a command dropped the read permission; Deno then allows only literal imports. */
const ALWAYS_LITERAL = /^(error_text|child|signals)-/;

/** Modules and files of commands have the names of the commands. */
const HOT_COMMANDS = HOT.map(({ name }) => ({
  module: `lib/commands/${name.replaceAll(" ", "/")}.ts`,
  entry: `hot_${name.replaceAll(" ", "_")}`,
  file: `${name.replaceAll(" ", "_")}.js`,
}));

/** Loaded by all other command lines, including help: one file. */
const TABLE_MODULES = [
  { module: "lib/cli/help.ts", entry: "hot_help" },
  { module: "lib/cli/whole_table.ts", entry: "hot_whole_table" },
  { module: "lib/cli/resolve.ts", entry: "hot_resolve" },
];

/**
 * A hot command with less code of its own than this, in bytes, is merged into the core file: loading another file
 * would cost more.
 */
const SMALL = 4096;

if (import.meta.main) {
  const at = Deno.args.indexOf("--version");
  await bundle(at < 0 ? undefined : Deno.args[at + 1], Deno.args.includes("--if-stale"));
}

/** Build the bundle; with `onlyIfStale` only if the sources have changed. */
export async function bundle(version?: string, onlyIfStale = false): Promise<void> {
  await Deno.mkdir(`${root}.cache`, { recursive: true });
  await Deno.mkdir(dist, { recursive: true });
  const lock = await Deno.open(`${root}.cache/bundle.lock`, { create: true, write: true });
  await lock.lock(true);
  const work = await makeWorkFolder("bundle-");
  try {
    // Read before the bundler runs, so that changes during the build count as newer than the bundle.
    const inputs = await readInputs();
    if (onlyIfStale && await isBuiltFrom(inputs)) return await writeInputs(inputs);
    const entries = await writeEntries(await Deno.makeTempDir({ dir: work }));
    await run(["bundle", "--quiet", "--minify", "--code-splitting", "--outdir", work, ...entries]);
    // Sequential: on a new machine both would install the bundler's executable in the same place.
    await Deno.writeTextFile(`${work}/page_script.js`, scriptModule(await bundlePage()));
    const made = new Set<string>();
    for await (const { name, isFile } of Deno.readDir(work)) if (isFile) made.add(name);
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
 * Write the entries of the bundler: the program, and each hot command. All are in one folder, so that their chunks
 * are too.
 */
async function writeEntries(folder: string): Promise<string[]> {
  const texts: [string, string][] = [
    ["main", `import "${urlOf("main.ts")}";`],
    ...[...HOT_COMMANDS, ...TABLE_MODULES].map(({ module, entry }): [string, string] => [
      entry,
      `export * from "${urlOf(module)}"; ${
        module.startsWith("lib/commands/") ? `export { default } from "${urlOf(module)}";` : ""
      }`,
    ]),
  ];
  return await Promise.all(texts.map(async ([name, text]) => {
    const path = `${folder}/${name}.ts`;
    await Deno.writeTextFile(path, text);
    return path;
  }));
}

/**
 * Deno reads and parses every chunk of a literal `import()` before the program starts: a millisecond for ten chunks,
 * few of which are used. A computed specifier is loaded on demand. Commands load their chunks before they drop the
 * read permission, and commands that load more later keep it.
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

/** Merge the chunks of the core, and of each hot command, into one file each. */
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
  const rootsOf = (entry: string) => [equivalentChunk(`${entry}.js`, chunks), `${entry}.js`];
  const closure = (roots: readonly string[]) => unique(roots.flatMap((root) => closureOf(root, chunks)));
  let core = closure(["main.js", ...always]).filter((name) => name !== "main.js");
  const own = (names: readonly string[]) => names.filter((name) => !core.includes(name));
  const sizeOf = (names: readonly string[]) => names.reduce((sum, name) => sum + texts.get(name)!.length, 0);
  const commands = HOT_COMMANDS.map(({ entry, file }) => ({ file, chunks: closure(rootsOf(entry)) }));
  const small = commands.filter(({ chunks }) => sizeOf(own(chunks)) < SMALL);
  core = unique([...core, ...small.flatMap(({ chunks }) => chunks)]);
  const large = commands.filter((command) => !small.includes(command))
    .map(({ file, chunks }) => ({ file, chunks: own(chunks) }));
  const shared = unique(large.flatMap(({ chunks }) => chunks))
    .filter((name) => large.filter(({ chunks }) => chunks.includes(name)).length > 1);
  const groups = [
    { file: "core.js", chunks: core },
    { file: "shared.js", chunks: shared },
    ...large.map(({ file, chunks }) => ({ file, chunks: chunks.filter((name) => !shared.includes(name)) })),
  ];
  const taken = new Set(groups.flatMap(({ chunks }) => chunks));
  const table = closure(TABLE_MODULES.flatMap(({ entry }) => rootsOf(entry)));
  groups.push({ file: "table.js", chunks: table.filter((name) => !taken.has(name)) });
  const made = mergeChunks(chunks, groups, "main.js");
  for (const [name, text] of made) await Deno.writeTextFile(`${folder}/${name}`, text);
  return [...made.keys()];
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

/** Replace the version, which occurs once in the bundle, as in lib/version.ts. */
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
