/**
 * Which modules `deno task test` gives to Deno. Each gets an isolate of its own, which starts the engine and compiles anew
 * what its tests import: a sixth of a second for each of 530 files. So the files of a folder share a module that imports
 * them. Some have one alone.
 */
import { dirname } from "node:path";
import { root } from "./root.ts";

/**
 * Where the modules are, all in one folder: of several folders Deno runs one after the other, whatever order it is given.
 * `deno test` alone looks there (`test` in deno.json), so one that is out of date harms nothing.
 */
const PLACE = ".cache/test_groups";

/**
 * What an isolate does after it counted work is slow; a recorded case begins before its test; and the tests of the bundler take
 * half a minute each.
 */
const ALONE = ["tests/resources/", "tests/conformance/", "scripts/"];

/**
 * What takes half a minute or more in `.ci/run`, the longest first: whatever begins last ends last, and a core waits for it.
 * The order is all that this decides.
 */
const LONGEST = [
  "tests/conformance/conformance",
  "tests/mcp",
  "tests/ui",
  "tests/resources/linear",
  "tests/cli",
  "tests/session",
  "tests/job",
  "tests/gate",
  "tests/browser",
  "tests/interop",
  "tests/pack",
  "tests/voice",
  "tests/docs",
  "tests/scout",
  "tests/resources/memory",
  "tests/tokens",
  "tests/release",
  "tests/guard",
  "scripts/compile",
  "scripts/odd_place",
  "tests/library",
];

/** The modules with all tests of the checkout, as paths in it; those that take longest come first. */
export async function testModules(): Promise<string[]> {
  const groups = inOrder(groupsOf(await testFiles()));
  for (const [name, files] of groups) await writeIfChanged(modulePath(name), moduleOf(files));
  return groups.map(([name]) => modulePath(name));
}

/** Files with tests by the module that they share: the folder of lib/ or tests/ that they are in, or one alone. */
export function groupsOf(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const isAlone = (file: string) => ALONE.some((folder) => file.startsWith(folder));
  const folderOf = (file: string) => dirname(file).split("/").slice(0, 2).join("/");
  return Map.groupBy(files, (file) => isAlone(file) ? file.replace(/[._]test\.\w+$/, "") : folderOf(file));
}

/** Those that are known to take long, then those with most files. */
export function inOrder(
  groups: ReadonlyMap<string, readonly string[]>,
  longest: readonly string[] = LONGEST,
): (readonly [name: string, files: readonly string[]])[] {
  const unknown = longest.find((name) => !groups.has(name));
  if (unknown !== undefined) throw new Error(`No tests are in "${unknown}": take it out of LONGEST`);
  const others = [...groups].filter(([name]) => !longest.includes(name));
  return [
    ...longest.map((name) => [name, groups.get(name)!] as const),
    ...others.sort(([, a], [, b]) => b.length - a.length),
  ];
}

/** A module that runs the tests of some files. */
export function moduleOf(files: readonly string[]): string {
  const up = "../".repeat(PLACE.split("/").length);
  return files.map((file) => `import ${JSON.stringify(up + file)};\n`).join("");
}

function modulePath(name: string): string {
  return `${PLACE}/${name.replaceAll("/", "_")}.ts`;
}

/** All files that `deno test` would find. */
async function testFiles(): Promise<string[]> {
  const { exclude } = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
  const found: string[] = [];
  const folders = [""];
  for (const folder of folders) {
    for await (const { name, isDirectory } of Deno.readDir(root + folder)) {
      const path = folder + name;
      if (exclude.includes(path) || [".git", "node_modules"].includes(name)) continue;
      if (isDirectory) folders.push(`${path}/`);
      else if (/^(?:.*[._])?test\.[cm]?[jt]sx?$/.test(name)) found.push(path);
    }
  }
  return found.sort();
}

/** Another run of the tests may be reading it. */
async function writeIfChanged(path: string, text: string): Promise<void> {
  if (await Deno.readTextFile(root + path).catch(() => undefined) === text) return;
  await Deno.mkdir(dirname(root + path), { recursive: true });
  await Deno.writeTextFile(root + path, text);
}
