/**
 * Which modules `deno task test` gives to Deno. Each gets an isolate of its own, which starts the engine and compiles anew
 * what its tests import: a sixth of a second for each of 530 files. So the files of a folder share a module that imports
 * them. Some stay alone.
 */
import { dirname } from "node:path";
import { root } from "./root.ts";

/** Where the shared modules are: `deno test` alone looks there (`test` in deno.json), so one that is out of date harms nothing. */
const PLACE = ".cache/test_groups";

/**
 * What an isolate does after it counted work is slow; a recorded case begins before its test; and the tests of the bundler take
 * half a minute each.
 */
const ALONE = ["tests/resources/", "tests/conformance/", "scripts/"];

/** The modules with all tests of the checkout, as paths in it; those that take longest come first. */
export async function testModules(): Promise<string[]> {
  const { alone, groups } = groupsOf(await testFiles());
  for (const [folder, files] of groups) await writeIfChanged(modulePath(folder), moduleOf(folder, files));
  const largestFirst = [...groups].toSorted(([, a], [, b]) => b.length - a.length);
  return [...alone, ...largestFirst.map(([folder]) => modulePath(folder))];
}

/** Files with tests: those that share a module, by the folder of lib/ or tests/ that they are in, and the others. */
export function groupsOf(
  files: readonly string[],
): { readonly alone: readonly string[]; readonly groups: ReadonlyMap<string, readonly string[]> } {
  const isAlone = (file: string) => ALONE.some((folder) => file.startsWith(folder));
  const folderOf = (file: string) => dirname(file).split("/").slice(0, 2).join("/");
  return {
    alone: files.filter(isAlone),
    groups: Map.groupBy(files.filter((file) => !isAlone(file)), folderOf),
  };
}

/** A module that runs the tests of some files of a folder. */
export function moduleOf(folder: string, files: readonly string[]): string {
  const up = "../".repeat(modulePath(folder).split("/").length - 1);
  return files.map((file) => `import ${JSON.stringify(up + file)};\n`).join("");
}

function modulePath(folder: string): string {
  return `${PLACE}/${folder}.ts`;
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
