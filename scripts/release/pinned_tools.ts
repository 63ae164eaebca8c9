/** What makes or tests a release besides deno.lock: the Deno of the workflow, and the Python package's requirements. */
import { compareBytewise } from "../../lib/formats/bytes.ts";
import { root } from "../root.ts";

/** `sha512-<base64>`, as lock files of npm have it. */
export type Integrity = string;

/** A package with its address (purl). */
export interface PinnedTool {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly integrity?: Integrity | undefined;
}

/** The lock file of the workflow, which installs nothing else with npm. */
const PACKAGE_LOCK = ".github/tools/package-lock.json";
/** Requirements and constraints of the Python package. */
const PYTHON = "sdk/python";

/** All of them, without those that occur twice, sorted by address. */
export async function pinnedTools(): Promise<PinnedTool[]> {
  const all = [...packagesOfLock(await Deno.readTextFile(root + PACKAGE_LOCK))];
  for await (const { name } of Deno.readDir(root + PYTHON)) {
    if (!/^(requirements|constraints).*\.txt$/.test(name)) continue;
    all.push(...pinsOf(await Deno.readTextFile(`${root}${PYTHON}/${name}`)));
  }
  const unique = new Map(all.map((tool) => [tool.purl, tool]));
  return [...unique.values()].sort((left, right) => compareBytewise(left.purl, right.purl));
}

/** The address of a package of npm. */
export function npmPurl(name: string, version: string): string {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}

/** The packages of a package-lock.json. */
export function packagesOfLock(text: string): PinnedTool[] {
  const { packages }: {
    packages: Record<string, { version: string; integrity?: Integrity }>;
  } = JSON.parse(text);
  return Object.entries(packages).flatMap(([path, { version, integrity }]) => {
    const at = path.lastIndexOf("node_modules/");
    if (at < 0) return [];
    const name = path.slice(at + "node_modules/".length);
    return [{ name, version, purl: npmPurl(name, version), integrity }];
  });
}

/** The packages that a requirements file pins, `name==1.2.3`, under their normalized names (PEP 503). */
export function pinsOf(text: string): PinnedTool[] {
  return text.split("\n").flatMap((line) => {
    const [, given, version] = /^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;#]+)/.exec(line) ?? [];
    if (given === undefined || version === undefined) return [];
    const name = given.toLowerCase().replace(/[._-]+/g, "-");
    return [{ name, version, purl: `pkg:pypi/${name}@${version}` }];
  });
}
