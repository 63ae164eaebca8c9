/**
 * Which modules `deno task test` gives to Deno. Each gets an isolate of its own, which loads and compiles anew what its
 * tests import: half of the time of all unit tests. So those of a folder of lib/ share a module that imports them; a test
 * of more than one module, which takes long by itself, has its own.
 */
import { root } from "./root.ts";

/** Where the shared modules are: `deno test` alone looks there (`test` in deno.json), so one that is out of date harms nothing. */
const PLACE = ".cache/test_groups";

/** The modules with all tests of the checkout, as paths in it; those that take longest come first. */
export async function testModules(): Promise<string[]> {
  const { alone, groups } = groupsOf(await testFiles());
  for (const [folder, files] of groups) await writeIfChanged(modulePath(folder), moduleOf(folder, files));
  return [...alone, ...Array.from(groups.keys(), modulePath)];
}

/** Files with tests: those that share a module, by its folder, and the others. */
export function groupsOf(
  files: readonly string[],
): { readonly alone: readonly string[]; readonly groups: ReadonlyMap<string, readonly string[]> } {
  const folderOf = (file: string) => /^lib\/[^/]+(?=\/)/.exec(file)?.[0] ?? "";
  const { "": alone = [], ...groups } = Object.groupBy(files, folderOf);
  return { alone, groups: new Map(Object.entries(groups as Record<string, string[]>)) };
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
  await Deno.mkdir(root + path.replace(/\/[^/]*$/, ""), { recursive: true });
  await Deno.writeTextFile(root + path, text);
}
