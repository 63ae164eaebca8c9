/**
 * `deno task npm`: make dist-npm/, the package of sdk/typescript for Node and Bun: JavaScript modules with everything in
 * them, declarations, and no dependency. What runs in process there is the code of lib/, with sdk/typescript/src/node in
 * the place of what lib/effects uses of Deno; a gate of its own is asked over `gait gate stream` or a socket.
 */
import { VERSION } from "../lib/version.ts";
import { stamp } from "./bundle.ts";
import { bundleModules } from "./bundler.ts";
import { root } from "./root.ts";

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

/**
 * The compiler, which the bundle does not need: it strips types without checking them; and what makes of its
 * declarations those that are exported and no other, because the others name packages that a reader lacks.
 */
const COMPILER = ["typescript@5.9.3", "rollup@4.68.8", "rollup-plugin-dts@6.5.1"];

/** Why the compiler can't be had. */
export class CompilerMissing extends Error {}

/** Where they are. */
export const COMPILER_PLACE = `${root}.cache/npm_types`;

/** For programs without the DOM library, as most in Node are: without it the type is nowhere declared globally. */
const CRYPTO_KEY = `/** Of the Web Crypto API. */
interface CryptoKey {
  readonly algorithm: { readonly name: string };
  readonly extractable: boolean;
  readonly type: "private" | "public" | "secret";
  readonly usages: readonly string[];
}
`;

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
 * @throws {CompilerMissing} when npm can't install it
 */
export async function packageFiles(version?: string): Promise<Map<string, string>> {
  const modules = await bundleModules({
    entry: MAIN,
    entries: ENTRIES,
    substitutes: {
      "lib/effects/mod.ts": `${SOURCE}/node/effects.ts`,
      "lib/effects/lock.ts": `${SOURCE}/node/lock.ts`,
    },
    edit: (path, text) => path === "lib/version.ts" ? stamp(text, { version }) : onNode(path, text),
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

/** The file effects with what stands in for Deno. */
function onNode(path: string, text: string): string {
  if (!path.startsWith("lib/effects/") || !text.includes("Deno.")) return text;
  return `import { host } from "../../${SOURCE}/node/host.ts";\n${text.replace(/\bDeno\./g, "host.")}`;
}

function manifest(version: string) {
  const module = (name: string) => ({ types: `./types/${name}.d.ts`, default: `./${name}.js` });
  return {
    name: "@gait/gait",
    version: version.replace(/^v/, ""),
    description: "Decide, record and prove the tool calls of AI agents",
    license: "Apache-2.0",
    type: "module",
    engines: { node: ">=20" },
    exports: {
      ".": module("main"),
      ...Object.fromEntries(Object.keys(ENTRIES).map((name) => [`./${name}`, module(name)])),
    },
  };
}

/**
 * Install the compiler, once; several processes may want it at the same time.
 *
 * @throws {CompilerMissing} when npm can't
 */
export async function installCompiler(): Promise<void> {
  await Deno.mkdir(COMPILER_PLACE, { recursive: true });
  const mark = `${COMPILER_PLACE}/.installed`;
  const wanted = COMPILER.join("\n");
  using lock = await Deno.open(`${COMPILER_PLACE}/.lock`, { create: true, write: true });
  await lock.lock(true);
  if (await Deno.readTextFile(mark).catch(() => "") === wanted) return;
  const npm = ["install", "--prefix", COMPILER_PLACE, "--no-audit", "--no-fund", "--no-save", ...COMPILER];
  await command("npm", npm, root).catch((error) => {
    throw new CompilerMissing(error.message);
  });
  await Deno.writeTextFile(mark, wanted);
}

/** The declarations of what the entries export, and of what these refer to. */
async function declarations(): Promise<Map<string, string>> {
  await installCompiler();
  const work = await Deno.makeTempDir({ dir: COMPILER_PLACE, prefix: "work-" });
  try {
    const compilerOptions = {
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
      outDir: `${work}/all`,
    };
    const files = [MAIN, ...Object.values(ENTRIES)].map((path) => root + path);
    await Deno.writeTextFile(`${work}/tsconfig.json`, JSON.stringify({ compilerOptions, files }));
    const bin = `${COMPILER_PLACE}/node_modules/.bin`;
    // Its errors are about packages that it does not find; `deno check` is what checks the sources.
    await command(`${bin}/tsc`, ["-p", work], work, { mayFail: true });
    await Deno.writeTextFile(`${work}/rollup.config.mjs`, rollupConfig(`${work}/all`));
    await command(`${bin}/rollup`, ["-c", "rollup.config.mjs", "--silent"], work);
    const found = new Map<string, string>();
    for await (const { name } of Deno.readDir(`${work}/types`)) {
      const text = await Deno.readTextFile(`${work}/types/${name}`);
      // Examples in comments import the package itself, and modules of Node.
      const code = text.replace(/^ *\*.*$/gm, "");
      const foreign = /(?:from|import) ?\(?["']([^."'][^"']*)["']/.exec(code)?.[1];
      if (foreign !== undefined) throw new Error(`Cannot build the package: ${name} refers to ${foreign}`);
      found.set(`types/${name}`, /\bCryptoKey\b/.test(code) ? CRYPTO_KEY + text : text);
    }
    return found;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Modules without declarations, such as one that is imported for its effect, are left out. */
function rollupConfig(declared: string): string {
  const input = { main: MAIN, ...ENTRIES };
  const inputs = Object.entries(input).map((
    [name, path],
  ) => [name, `${declared}/${path.replace(/\.ts$/, ".d.ts")}`]);
  return `import { dirname, resolve } from "node:path";
import { dts } from "rollup-plugin-dts";
const sources = {
  name: "sources",
  resolveId: (id, from) => from && id.startsWith(".") ? resolve(dirname(from), id.slice(0, -3) + ".d.ts") : null,
};
export default {
  input: ${JSON.stringify(Object.fromEntries(inputs))},
  output: { dir: "types", entryFileNames: "[name].d.ts", chunkFileNames: "shared.d.ts" },
  plugins: [sources, dts()],
  external: (id) => !id.startsWith(".") && !id.startsWith("/"),
};
`;
}

async function command(
  program: string,
  args: readonly string[],
  cwd: string,
  { mayFail = false } = {},
): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { npm_config_cache: `${root}.cache/npm`, npm_config_update_notifier: "false" },
  }).output();
  if (success || mayFail) return;
  const text = new TextDecoder();
  throw new Error(`Cannot build the package: ${program}: ${text.decode(stdout)}${text.decode(stderr)}`);
}
