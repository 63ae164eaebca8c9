/**
 * `deno task bundle [--version v1.2.3]`: make dist/ from main.ts, minified and split into chunks, so that a command
 * loads only what it needs. Safe beside running commands and other bundlers: chunks are put in place first, the
 * entry last.
 */
import { VERSION } from "../lib/version.ts";
import { bundlePage, scriptModule } from "./bundle_page.ts";

const root = new URL("../", import.meta.url).pathname;
const dist = `${root}dist`;
const stamp = `${dist}/.stamp`;

/** Chunks that main.js may load after a command has given up reading files; Deno lets only literal imports pass then. */
const ALWAYS_LITERAL = /^(error_text|help|child|event_log)-/;

if (import.meta.main) {
  const at = Deno.args.indexOf("--version");
  await bundle(at < 0 ? undefined : Deno.args[at + 1], Deno.args.includes("--if-stale"));
}

/** Build the bundle; with `onlyIfStale` not when another process built it while this one waited. */
export async function bundle(version?: string, onlyIfStale = false): Promise<void> {
  await Deno.mkdir(`${root}.cache`, { recursive: true });
  await Deno.mkdir(dist, { recursive: true });
  const lock = await Deno.open(`${root}.cache/bundle.lock`, { create: true, write: true });
  await lock.lock(true);
  const work = await Deno.makeTempDir({ dir: `${root}.cache`, prefix: "bundle-" });
  try {
    const asked = Date.now();
    if (onlyIfStale && await builtAfter(performance.timeOrigin)) return;
    const page = bundlePage();
    await Promise.all([
      run(["bundle", "--quiet", "--minify", "--code-splitting", "--outdir", work, `${root}main.ts`]),
      page,
    ]);
    await Deno.writeTextFile(`${work}/page_script.js`, scriptModule(await page));
    const made = new Set<string>();
    for await (const { name } of Deno.readDir(work)) made.add(name);
    if (version !== undefined) await stampVersion(work, made, version.replace(/^v/, ""));
    await loadCommandsOnDemand(`${work}/main.js`);
    for (const name of [...made].filter((name) => name !== "main.js")) {
      await Deno.rename(`${work}/${name}`, `${dist}/${name}`);
    }
    await Deno.rename(`${work}/main.js`, `${dist}/main.js`);
    await Deno.writeTextFile(stamp, "");
    // Sources that change while the bundler runs must count as newer than the bundle.
    await Deno.utime(stamp, new Date(asked), new Date(asked));
    for await (const { name } of Deno.readDir(dist)) {
      if (name.endsWith(".js") && !made.has(name)) await Deno.remove(`${dist}/${name}`);
    }
  } finally {
    await Deno.remove(work, { recursive: true });
    lock.close();
  }
}

/**
 * Deno reads and parses every chunk that a literal `import()` names before the program starts: 3 ms for chunks of
 * which one is used. A specifier that it can't see is read when it is needed; commands load before they give up
 * reading.
 */
async function loadCommandsOnDemand(main: string): Promise<void> {
  const text = await Deno.readTextFile(main);
  const hidden = text.replace(
    /\bimport\("\.\/([^"]+)"\)/g,
    (literal, chunk) => ALWAYS_LITERAL.test(chunk) ? literal : `$loadChunk("./${chunk}")`,
  );
  await Deno.writeTextFile(main, `const $loadChunk=(chunk)=>import(chunk);${hidden}`);
}

async function builtAfter(moment: number): Promise<boolean> {
  const built = await Deno.stat(stamp).catch(() => undefined);
  return (built?.mtime?.getTime() ?? 0) >= moment;
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
