import { root } from "../root.ts";
import type { Counts } from "../test_counts.ts";
import { PIP, uv } from "./uv.ts";

/** A virtual environment below .cache. */
export interface Venv {
  /** The folder of its programs. */
  readonly bin: string;
}

/** Where Python keeps what it compiled, outside of the sources and of the environments. */
export const PYCACHE = `${root}.cache/python/pycache`;

/** Why packages can't be had. */
export class PackagesMissing extends Error {}

/** The counts of a run; when its packages can't be had, that is said, and it counts as one skipped. */
export async function orSkipped(what: string, run: () => Promise<Counts>): Promise<Counts> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof PackagesMissing)) throw error;
    console.log(`${what}: skipped, ${error.message}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
}

/** The pip of an environment that uv makes, for `installSdkWithPip()`. */
const OWN_PIP = "pip==26.3";

/**
 * A virtual environment with these packages; it is made once, and again when a list changes. Python compiles what is
 * imported when it is (PYCACHE), a small part of a gigabyte.
 *
 * @param requirements paths of pip's lists, from the root of the checkout
 * @param constraints paths of the lists of versions that those name
 * @throws {PackagesMissing} with the last words of pip
 */
export async function venv(
  name: string,
  python: string,
  requirements: readonly string[],
  constraints: readonly string[] = [],
): Promise<Venv> {
  const folder = `${root}.cache/python/${name}`;
  const mark = `${folder}/.requirements`;
  const lists = await Promise.all(
    [...requirements, ...constraints].map((path) => Deno.readTextFile(root + path)),
  );
  const wanted = [python, OWN_PIP, ...lists].join("\n");
  const bin = `${folder}/bin`;
  if (await Deno.readTextFile(mark).catch(() => "") === wanted) return { bin };
  const start = async () => await Deno.remove(folder, { recursive: true }).catch(() => {});
  const packages = requirements.flatMap((path) => ["--requirement", root + path]);
  await start();
  const made = await uv(python, ["venv", "--python", python, folder]) &&
    await uv(python, ["pip", "install", "--python", `${bin}/python`, OWN_PIP, ...packages]);
  if (!made) {
    await start();
    await run(python, ["-m", "venv", folder]);
    await run(`${bin}/python`, ["-m", "pip", "install", "--quiet", "--no-compile", ...packages]);
  }
  await Deno.writeTextFile(mark, wanted);
  return { bin };
}

/** Built from its sources by the backend that the environment has, in the place of what is installed. */
const SDK = ["--no-deps", "--no-build-isolation", "--force-reinstall", `${root}sdk/python`];

/** Install the Python package of the checkout, in a quarter of the processor time that pip takes. */
export async function installSdk(place: Venv): Promise<void> {
  const python = `${place.bin}/python`;
  if (!await uv(python, ["pip", "install", "--python", python, ...SDK])) await installSdkWithPip(place);
}

/** Install the Python package of the checkout as most users do. */
export async function installSdkWithPip({ bin }: Venv): Promise<void> {
  await run(`${bin}/python`, ["-m", "pip", "install", "--quiet", ...SDK]);
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    env: PIP,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (success) return;
  const said = new TextDecoder().decode(stderr.length > 0 ? stderr : stdout).trim().split("\n");
  throw new PackagesMissing(said.at(-1) ?? `${command} failed`);
}
