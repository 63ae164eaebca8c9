/**
 * `deno task bundle [--version v1.2.3]`: make dist/ from main.ts, minified and split into files, so that a command
 * loads only what it needs. Safe beside running commands and other bundlers: other files are put in place first, the
 * entry last, and names of files change with what is in them.
 */
import { dirname, resolve } from "node:path";
import { VERSION } from "../lib/version.ts";
import { isBuiltFrom, readInputs, renewInputs, writeInputs } from "./bundle_inputs.ts";
import { bundlePage, scriptModule } from "./bundle_page.ts";
import { bundleUi, pageModule } from "./bundle_ui.ts";
import { bundleModules, pathInCheckout } from "./bundler.ts";
import { calledFunctions } from "./called_functions.ts";
import { fillCodeCache } from "./code_cache.ts";
import { type CommandInputs, commandInputs, isOwn } from "./command_inputs.ts";
import { assignChunks, type Graph } from "./chunks.ts";
import { markEager } from "./eager_functions.ts";
import { makeWorkFolder, root } from "./root.ts";
import { setUp } from "./setup.ts";
import { type Statement, usedImports } from "./used_imports.ts";

const dist = `${root}dist`;

if (import.meta.main) {
  const at = Deno.args.indexOf("--version");
  await bundle({ version: at < 0 ? undefined : Deno.args[at + 1] }, Deno.args.includes("--if-stale"));
}

/** What a release writes into its bundle. */
export interface Stamps {
  /** `v1.2.3` or `1.2.3`. */
  readonly version?: string | undefined;
  /** Facts of the build, separated by blanks (lib/version.ts). */
  readonly build?: string | undefined;
}

/** Build the bundle; with `onlyIfStale` only if the sources have changed. */
export async function bundle(stamps: Stamps = {}, onlyIfStale = false): Promise<void> {
  await Deno.mkdir(`${root}.cache`, { recursive: true });
  await Deno.mkdir(dist, { recursive: true });
  const lock = await Deno.open(`${root}.cache/bundle.lock`, { create: true, write: true });
  await lock.lock(true);
  const work = await makeWorkFolder("bundle-");
  try {
    // Read before the bundler runs, so that changes during the build count as newer than the bundle.
    const inputs = await readInputs();
    if (onlyIfStale && await isBuiltFrom(inputs)) return await renewInputs(inputs);
    const { names, commands } = await writeBundle(stamps, work);
    for (const name of names) {
      if (name !== "main.js") await Deno.rename(`${work}/${name}`, `${dist}/${name}`);
    }
    await Deno.rename(`${work}/main.js`, `${dist}/main.js`);
    await fillCodeCache(names, work);
    await writeInputs(inputs, commands);
    for await (const { name } of Deno.readDir(dist)) {
      if (name.endsWith(".js") && !names.includes(name)) await Deno.remove(`${dist}/${name}`);
    }
  } finally {
    await Deno.remove(work, { recursive: true });
    lock.close();
  }
}

/** The files of a bundle, and what commands run of the sources. */
interface Bundle {
  readonly names: readonly string[];
  readonly commands: readonly CommandInputs[];
}

/** Build the bundle into a folder of the caller; what is in dist/ may be replaced at any time, by bin/gait too. */
export async function writeBundle(stamps: Stamps, folder: string): Promise<Bundle> {
  await setUp();
  const { files, commands } = await bundleProgram(stamps, folder);
  files.set("page_script.js", scriptModule(await bundlePage()));
  files.set("ui_page.js", pageModule(await bundleUi()));
  for (const [name, text] of files) await Deno.writeTextFile(`${folder}/${name}`, text);
  return { names: [...files.keys()], commands };
}

/**
 * Text of every file of the program, and what commands run of the sources.
 *
 * Deno reads and parses every file that a literal `import()` names before the program starts: a millisecond for every
 * ten of them, of which few are used. A specifier that it can't see is read when it is needed; commands load before
 * they give up reading, and those that load more later keep that right.
 */
async function bundleProgram(
  stamps: Stamps,
  work: string,
): Promise<{ readonly files: Map<string, string>; readonly commands: readonly CommandInputs[] }> {
  let chunks: ReadonlyMap<string, string>;
  let commands: readonly CommandInputs[] = [];
  const files = await bundleModules({
    entry: "main.ts",
    entries: { journal_worker: "lib/effects/journal_worker.ts" },
    edit: (path, text) => path === "lib/version.ts" ? stamp(text, stamps) : text,
    output: {
      entryFileNames: "[name].js",
      chunkFileNames: "[name]-[hash].js",
      manualChunks: (path) => chunks.get(pathInCheckout(path)),
      onlyExplicitManualChunks: true,
    },
    prepare: async (files) => {
      const called = await calledFunctions(files, work);
      return (name, text) => markEager(text, called.get(name) ?? []);
    },
    hooks: {
      buildEnd() {
        const info = (path: string) =>
          this.getModuleInfo(path.startsWith("node:") ? path : resolve(root, path))!;
        const importsOf = (path: string) => info(path).importedIds.map(pathInCheckout);
        const graph: Graph = {
          importsOf,
          usedImportsOf: (path) =>
            !isOwn(path) ? importsOf(path) : [
              ...importsOf(path).filter((other) => !isOwn(other)),
              ...usedImports(path, {
                statementsOf: (path) => (info(path).ast?.body ?? []) as readonly Statement[],
                exportsOf: (path) => info(path).exports ?? [],
                resolve: (specifier, path) =>
                  /^\.\.?\//.test(specifier)
                    ? pathInCheckout(resolve(dirname(root + path), specifier))
                    : undefined,
              }),
            ],
          dynamicImportsOf: (path) => info(path).dynamicallyImportedIds.map(pathInCheckout),
          sizeOf: (path) => info(path).code?.length ?? 0,
        };
        chunks = assignChunks(graph);
        commands = commandInputs(graph);
      },
      renderDynamicImport: () => ({ left: "import(import.meta.resolve(", right: "))" }),
    },
  });
  return { files, commands };
}

/** Put the stamps behind their marks, each of which stands in lib/version.ts once. */
export function stamp(text: string, { version, build }: Stamps): string {
  let stamped = text;
  if (version !== undefined) {
    const number = version.replace(/^v/, "");
    if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(number)) {
      throw new Error(`Cannot stamp version "${version}"`);
    }
    stamped = replaceOnce(stamped, `"gait-version:${VERSION}"`, `"gait-version:${number}"`);
  }
  if (build !== undefined) {
    if (!/^[\w.-]+( [\w.-]+){2,3}$/.test(build)) throw new Error(`Cannot stamp build "${build}"`);
    stamped = replaceOnce(stamped, '"gait-build:"', `"gait-build:${build}"`);
  }
  return stamped;
}

function replaceOnce(text: string, mark: string, stamped: string): string {
  const parts = text.split(mark);
  if (parts.length !== 2) throw new Error(`Cannot stamp: lib/version.ts does not have ${mark} once`);
  return parts.join(stamped);
}
