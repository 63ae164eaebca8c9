/**
 * `deno task npm`: make dist-npm/, the package of sdk/typescript for Node and Bun: JavaScript modules with everything in
 * them, declarations, and no dependency. What runs in process there is the code of lib/, with sdk/typescript/src/
 * node_effects.ts in the place of lib/effects; the gate is asked over `gait gate stream` or a socket.
 */
import { VERSION } from "../lib/version.ts";
import { stamp } from "./bundle.ts";
import { bundleModules } from "./bundler.ts";
import { makeWorkFolder, root } from "./root.ts";

const SOURCE = "sdk/typescript/src";
const OUT = `${root}dist-npm`;

/** The modules of the package by the names that they are imported by. */
export const ENTRIES: Readonly<Record<string, string>> = {
  "openai-agents": `${SOURCE}/openai_agents.ts`,
  "ai-sdk": `${SOURCE}/ai_sdk.ts`,
  "langchain": `${SOURCE}/langchain.ts`,
  "mastra": `${SOURCE}/mastra.ts`,
  "mcp": `${SOURCE}/mcp.ts`,
};
const MAIN = `${SOURCE}/mod.ts`;

/** The compiler, which the bundle does not need: it strips types without checking them. */
const COMPILER = "typescript@5.9.3";

if (import.meta.main) {
  const files = await buildPackage();
  console.log(`dist-npm: ${files} files`);
}

/** Make the package; the number of its files. */
export async function buildPackage(): Promise<number> {
  const files = await packageFiles();
  await Deno.remove(OUT, { recursive: true }).catch(() => {});
  for (const [name, text] of files) {
    const path = `${OUT}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
  return files.size;
}

/**
 * The files of the package.
 *
 * @param version of a release; otherwise that of the checkout
 */
export async function packageFiles(version?: string): Promise<Map<string, string>> {
  const modules = await bundleModules({
    entry: MAIN,
    entries: ENTRIES,
    substitutes: { "lib/effects/mod.ts": `${SOURCE}/node_effects.ts` },
    edit: (path, text) => path === "lib/version.ts" ? stamp(text, { version }) : text,
    readable: true,
    output: { entryFileNames: "[name].js", chunkFileNames: "chunks/[name]-[hash].js" },
  });
  const files = new Map(modules);
  for (const [name, text] of modules) {
    if (text.includes("Deno.")) throw new Error(`Cannot build the package: ${name} names Deno`);
  }
  for (const [name, text] of await declarations()) files.set(name, text);
  files.set("package.json", JSON.stringify(manifest(version ?? VERSION), null, 2) + "\n");
  files.set("README.md", await Deno.readTextFile(`${root}sdk/typescript/README.md`));
  files.set("LICENSE", await Deno.readTextFile(`${root}LICENSE`));
  return files;
}

function manifest(version: string) {
  const module = (name: string, source: string) => ({
    types: `./types/${source.replace(/\.ts$/, ".d.ts")}`,
    default: `./${name}.js`,
  });
  return {
    name: "@gait/gait",
    version: version.replace(/^v/, ""),
    description: "Decide, record and prove the tool calls of AI agents",
    license: "Apache-2.0",
    type: "module",
    engines: { node: ">=20" },
    exports: {
      ".": module("main", MAIN),
      ...Object.fromEntries(
        Object.entries(ENTRIES).map(([name, source]) => [`./${name}`, module(name, source)]),
      ),
    },
  };
}

/** The declarations of what the entries export, and of what these refer to. */
async function declarations(): Promise<Map<string, string>> {
  const work = await makeWorkFolder("npm-types-");
  try {
    const options = {
      noCheck: true,
      declaration: true,
      emitDeclarationOnly: true,
      allowImportingTsExtensions: true,
      module: "esnext",
      moduleResolution: "bundler",
      target: "esnext",
      strict: true,
      types: [],
      rootDir: root,
      outDir: `${work}/types`,
    };
    const files = [MAIN, ...Object.values(ENTRIES)].map((path) => root + path);
    await Deno.writeTextFile(`${work}/tsconfig.json`, JSON.stringify({ compilerOptions: options, files }));
    const { stdout } = await new Deno.Command("npx", {
      args: ["-y", "-p", COMPILER, "tsc", "-p", work],
      env: { npm_config_cache: `${root}.cache/npm`, npm_config_update_notifier: "false" },
      stderr: "inherit",
    }).output();
    const found = new Map<string, string>();
    for await (const path of filesBelow(`${work}/types`)) {
      const text = await Deno.readTextFile(path);
      const name = path.slice(work.length + 1);
      found.set(name, text.replaceAll(/(from |import\()"(\.[^"]*)\.ts"/g, '$1"$2.js"'));
    }
    if (found.size === 0) throw new Error(`Cannot make declarations: ${new TextDecoder().decode(stdout)}`);
    return reachable(found);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* filesBelow(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

/** Only what an entry leads to: declarations of the rest would name packages that are not there. */
function reachable(all: ReadonlyMap<string, string>): Map<string, string> {
  const kept = new Map<string, string>();
  const todo = [MAIN, ...Object.values(ENTRIES)].map((path) => `types/${path.replace(/\.ts$/, ".d.ts")}`);
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    const text = all.get(path);
    if (text === undefined || kept.has(path)) continue;
    kept.set(path, text);
    for (const [, specifier] of text.matchAll(/(?:from |import\()"(\.[^"]*)\.js"/g)) {
      todo.push(new URL(`${specifier}.d.ts`, `file:///${path}`).pathname.slice(1));
    }
  }
  return kept;
}
