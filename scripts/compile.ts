/**
 * `deno task compile [--out <file>] [--version v1.2.3] [--target <triple>] [--build gait-online]
 * [--commit <sha>]`: build the standalone executable from the bundle, with exactly the permissions of deno.json.
 *
 * The executable consists of Deno's runtime (`denort`) and the bundle. The runtime is taken from `DENORT_BIN` or from
 * Deno's download folder; if it is in neither, the task exits with 7 before anything uses the network.
 */
import { dirname, resolve } from "node:path";
import { type Stamps, writeBundle } from "./bundle.ts";
import { BUILDS, PLATFORMS } from "./release/platforms.ts";
import { makeWorkFolder, root } from "./root.ts";
import { gaitPermissions, permissionFlags, V8_FLAGS } from "./runtime_flags.ts";

/** The inputs of an executable. */
export interface Compilation {
  readonly entry: string;
  /** Dynamically imported modules, which the compiler does not find. */
  readonly include: readonly string[];
  readonly out: string;
  readonly target?: string;
  /** A permission set as in deno.json. */
  readonly permissions: Readonly<Record<string, unknown>>;
}

const TARGETS: readonly string[] = PLATFORMS.map(({ target }) => target);

const FLAGS = ["out", "version", "target", "build", "commit"] as const;

/** The value of each flag that was given. */
type Options = { readonly [F in typeof FLAGS[number]]?: string };

/**
 * Arguments of the compiler. They alone determine the permissions of the executable: no configuration file, lock
 * file, remote or npm module is used.
 *
 * No code cache, because it is an unauthenticated file in the temporary folder, which anyone may have placed. No
 * prompts: missing permissions are refused, even on a terminal.
 */
export function compileArguments({ entry, include, out, target, permissions }: Compilation): string[] {
  return [
    "compile",
    "--quiet",
    "--no-check",
    "--no-config",
    "--no-lock",
    "--no-remote",
    "--no-npm",
    "--cached-only",
    "--no-code-cache",
    "--no-prompt",
    V8_FLAGS,
    ...permissionFlags(permissions),
    ...(target === undefined ? [] : ["--target", target]),
    "--output",
    out,
    ...include.flatMap((path) => ["--include", path]),
    entry,
  ];
}

/**
 * Build the bundle for one compilation.
 *
 * @param folder a new one, which nobody else uses: a bundle in dist/ may be replaced before the compiler reads it
 */
export async function bundleFor(
  folder: string,
  stamps: Stamps = {},
): Promise<Pick<Compilation, "entry" | "include">> {
  const { names } = await writeBundle(stamps, folder);
  // The compiler writes the time of each file into the executable.
  for (const name of names) await Deno.utime(`${folder}/${name}`, 0, 0);
  const include = names.filter((name) => name !== "main.js").map((name) => `${folder}/${name}`);
  return { entry: `${folder}/main.js`, include: include.sort() };
}

/** Run the compiler; its output goes to standard error. */
export async function runCompiler(
  compiler: string,
  compilation: Compilation,
  env: Record<string, string> = {},
): Promise<boolean> {
  const child = new Deno.Command(compiler, {
    args: compileArguments(compilation),
    cwd: root,
    env: { NO_COLOR: "1", ...env },
    stdout: "null",
  });
  return (await child.spawn().status).success;
}

/** Instructions for a missing runtime; empty if it is available. */
async function missingRuntime(target: string): Promise<string[]> {
  const given = Deno.env.get("DENORT_BIN");
  if (given !== undefined) {
    return await isFile(given) ? [] : [`Cannot compile: DENORT_BIN names no file: ${given}`];
  }
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", "--no-config"] })
    .output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout));
  const version = Deno.version.deno;
  const archive = `denort-${target}.zip`;
  const path = `${denoDir}/dl/release/v${version}/${archive}`;
  if (await isFile(path)) return [];
  return [
    `Cannot compile: the runtime of Deno ${version} for ${target} is missing`,
    `  either put ${archive} of the Deno release v${version}`,
    `         at ${path}`,
    `  or     set DENORT_BIN to the denort executable of Deno ${version} for that platform`,
    "Nothing was downloaded. More in docs/release.md.",
  ];
}

async function isFile(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => undefined))?.isFile === true;
}

/** Throws on anything but a known flag with a value. */
function readOptions(args: readonly string[]): Options {
  const options: Record<string, string> = {};
  for (let i = 0; i < args.length; i += 2) {
    const name = FLAGS.find((flag) => args[i] === `--${flag}`);
    const value = args[i + 1];
    if (name === undefined) throw new Error(`Unknown argument "${args[i]}"`);
    if (value === undefined || value === "") throw new Error(`Flag "--${name}" needs a value`);
    options[name] = value;
  }
  if (options.target !== undefined && !TARGETS.includes(options.target)) {
    throw new Error(`Unknown target "${options.target}": expected one of ${TARGETS.join(", ")}`);
  }
  const builds: readonly string[] = BUILDS;
  if (options.build !== undefined && !builds.includes(options.build)) {
    throw new Error(`Unknown build "${options.build}": expected one of ${builds.join(", ")}`);
  }
  return options;
}

async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`Cannot compile: ${(error as Error).message}`);
    return 6;
  }
  const target = options.target ?? Deno.build.target;
  const missing = await missingRuntime(target);
  if (missing.length > 0) {
    console.error(missing.join("\n"));
    return 7;
  }
  const build = [options.build ?? "gait", target, Deno.version.deno, ...commitFact(options)].join(" ");
  const out = options.out ??
    `${root}dist/${options.build ?? "gait"}${target.includes("windows") ? ".exe" : ""}`;
  await Deno.mkdir(dirname(resolve(out)), { recursive: true });
  const folder = await makeWorkFolder("compile-");
  try {
    const compiled = await runCompiler(Deno.execPath(), {
      ...await bundleFor(folder, { version: options.version, build }),
      out,
      target,
      permissions: await gaitPermissions(options.build),
    });
    if (!compiled) return 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  if (target === Deno.build.target && !await runs(out)) {
    await Deno.remove(out);
    console.error(
      `Cannot compile: the executable does not run; is the runtime that of Deno ${Deno.version.deno}?`,
    );
    return 1;
  }
  console.log(`${out} (${target}, ${((await Deno.stat(out)).size / 1e6).toFixed(1)} MB)`);
  return 0;
}

function commitFact({ commit }: Options): string[] {
  return commit === undefined ? [] : [commit];
}

/** An executable with a runtime of another version exits at once. */
async function runs(executable: string): Promise<boolean> {
  const path = await Deno.realPath(executable);
  const { success, stdout } = await new Deno.Command(path, { args: ["version"], stderr: "null" }).output();
  return success && new TextDecoder().decode(stdout).startsWith("gait ");
}

if (import.meta.main) Deno.exit(await main(Deno.args));
