/**
 * How modules become files: Rollup takes them together, and esbuild strips types from what goes in and minifies what
 * comes out. What a file holds, and which of its imports wait, are options of the bundler; nobody edits its output.
 */
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { stop, transform } from "esbuild";
import { type OutputOptions, type Plugin, rollup, type RollupOutput } from "rollup";
import { root } from "./root.ts";

/** What to bundle. */
export interface Bundling {
  /** Path in the checkout. Only entries do anything when they are loaded; other modules of lib/ only define. */
  readonly entry: string;
  /** Further entries, by the names of their files. */
  readonly entries?: Readonly<Record<string, string>>;
  /** Text in the place of what stands in the file of a module. */
  readonly edit?: (path: string, text: string) => string;
  /** Modules that stand in for others, by their paths in the checkout. */
  readonly substitutes?: Readonly<Record<string, string>>;
  /** Packages that other packages import too: they get the same file as our own modules, so that there is one of each. */
  readonly shared?: readonly string[];
  /** Whether names and blanks are kept, for those who read it. */
  readonly readable?: boolean;
  readonly output: OutputOptions;
  /** Looks at all files before any is minified, and says how to change one. */
  readonly prepare?: (files: ReadonlyMap<string, string>) => Promise<(name: string, text: string) => string>;
  /** More of the bundler's own hooks. */
  readonly hooks?: Partial<Plugin>;
}

/** What may be said of the files of a package, which are as they are: how they import each other, and their comments. */
const OF_PACKAGES = ["CIRCULAR_DEPENDENCY", "INVALID_ANNOTATION"];

/** Text of every file that the bundler makes, by its name. */
export async function bundleModules(
  {
    entry,
    entries = {},
    edit = (_, text) => text,
    substitutes = {},
    shared = [],
    readable = false,
    output,
    prepare,
    hooks = {},
  }: Bundling,
): Promise<Map<string, string>> {
  /** Changes a file by its first module; absent while files are only looked at. */
  let change: ((firstModule: string | undefined, text: string) => string) | undefined;
  const acting = new Set([entry, ...Object.values(entries)].map((path) => root + path));
  const placeOf = new Map(Object.entries(substitutes).map(([from, to]) => [root + from, root + to]));
  const modules: Plugin = {
    ...hooks,
    name: "gait",
    resolveId(specifier, importer) {
      if (specifier.startsWith("node:")) return { id: specifier, external: true };
      const path = importer === undefined || /^\.\.?\//.test(specifier)
        ? resolve(dirname(importer ?? root), specifier)
        : importer.startsWith(`${root}lib/`) || importer.endsWith(".ts") || shared.includes(specifier)
        ? fileURLToPath(import.meta.resolve(specifier))
        // A package has dependencies of its own, which the import map does not know.
        : createRequire(importer).resolve(specifier);
      return placeOf.get(path) ?? path;
    },
    async load(path) {
      if (path.endsWith(".wasm")) return await webAssemblyModule(path);
      const text = await Deno.readTextFile(path);
      if (!path.endsWith(".ts")) return text.replace(/^import source (?=.*\.wasm";$)/m, "import ");
      const { code } = await transform(edit(pathInCheckout(path), text), { loader: "ts", target: "esnext" });
      return code;
    },
    async renderChunk(text, chunk) {
      if (change === undefined) return null;
      const { code } = await transform(change(Object.keys(chunk.modules)[0], text), {
        minify: !readable,
        format: "esm",
        target: "esnext",
        legalComments: "eof",
        // Rollup has left out what has no effect. Where `prepare` moved a function, a comment may stand elsewhere.
        ignoreAnnotations: true,
      });
      return { code, map: null };
    },
  };
  try {
    const build = await rollup({
      input: Object.fromEntries(
        Object.entries({ main: entry, ...entries }).map(([name, path]) => [name, root + path]),
      ),
      plugins: [modules],
      // What others import by name exports that and nothing else; of our own programs nobody sees what they export.
      preserveEntrySignatures: readable ? "strict" : "allow-extension",
      treeshake: { moduleSideEffects: (path) => !path.startsWith(`${root}lib/`) || acting.has(path) },
      onLog(level, log) {
        const files = log.ids ?? [log.id ?? log.loc?.file ?? "main.ts"];
        if (OF_PACKAGES.includes(log.code ?? "") && files.every((path) => !path.endsWith(".ts"))) return;
        if (level === "warn") throw new Error(`Cannot bundle: ${log.message}`);
      },
    });
    const generate = async () => (await build.generate({ format: "es", ...output })).output;
    if (prepare) {
      const files = await generate();
      const changeNamed = await prepare(textsOf(files));
      const names = new Map(
        files.flatMap((file) =>
          file.type === "chunk" ? [[Object.keys(file.modules)[0], file.fileName] as const] : []
        ),
      );
      change = (firstModule, text) => changeNamed(names.get(firstModule) ?? "", text);
    } else {
      change = (_, text) => text;
    }
    const files = await generate();
    await build.close();
    return textsOf(files);
  } finally {
    await stop();
  }
}

/** A WebAssembly module as one of JavaScript: a bundle has no other files, and runtimes import them in different ways. */
async function webAssemblyModule(path: string): Promise<string> {
  const text = (await Deno.readFile(path)).toBase64();
  // A function called for every byte takes 9 ms; runtimes before 2025 know no other way.
  return `const text = "${text}";
const bytes = Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
export default new WebAssembly.Module(bytes);\n`;
}

function textsOf(files: RollupOutput["output"]): Map<string, string> {
  return new Map(
    files.map((file) => [file.fileName, file.type === "chunk" ? file.code : String(file.source)]),
  );
}

/** As `lib/…`; a file of a package keeps its path. */
export function pathInCheckout(path: string): string {
  return path.startsWith(root) ? path.slice(root.length) : path;
}
