/**
 * Imports point down only: every folder of lib/ has a floor (docs/architecture.md), and a module may import from
 * its own folder and from lower floors. Also: only lib/effects names `Deno`, and files that begin with `_` are private
 * to their folder. Signatures are verified in one place, which the page of an export replaces. Prints what offends and
 * exits 1.
 */
import { posix } from "node:path";
import { root } from "./root.ts";

/** Folders from the bottom up. */
export const FLOORS: readonly (readonly string[])[] = [
  ["errors"],
  ["formats"],
  ["effects"],
  ["schema", "signing", "state"],
  ["gate", "job"],
  ["evidence"],
  ["regress", "boundary", "operations", "voice", "ui"],
  ["commands"],
  ["cli", "library"],
];

/** What is wrong with one import, `undefined` when nothing is. */
export function judgeImport(from: string, to: string): string | undefined {
  const [fromFolder, toFolder] = [folderOf(from), folderOf(to)];
  if (fromFolder === undefined || toFolder === undefined) return undefined; // files beside the folders, and packages
  if (fromFolder === toFolder) return undefined;
  const [fromFloor, toFloor] = [floorOf(fromFolder), floorOf(toFolder)];
  if (fromFloor < 0 || toFloor < 0) return `unknown folder ${fromFloor < 0 ? fromFolder : toFolder}`;
  if (toFloor < fromFloor) return undefined;
  return `${fromFolder} (floor ${fromFloor}) may not import ${toFolder} (floor ${toFloor})`;
}

/** What is wrong with the text of one module. */
export function judgeText(path: string, text: string): string | undefined {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
  if (folderOf(path) === "effects" || path.endsWith("_test.ts")) return undefined;
  if (/\bDeno\./.test(code)) return "only lib/effects may name Deno";
  if (/\bconsole\.(log|error|warn|info|debug|table)\b/.test(code)) {
    return "only lib/effects may write to a console";
  }
  if (/\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bgetRandomValues\b/.test(code)) {
    return "time and randomness come in as arguments";
  }
  if (/\bsubtle\s*\.\s*verify\b/.test(code) && !/\/ed25519\.ts$/.test(path)) {
    return "verify signatures by verifyEd25519: browsers may have no other way (scripts/bundle_page.ts)";
  }
  return undefined;
}

function folderOf(path: string): string | undefined {
  return /^lib\/([^/]+)\//.exec(path)?.[1];
}

function floorOf(folder: string): number {
  return FLOORS.findIndex((floor) => floor.includes(folder));
}

async function* modules(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(root + folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* modules(path);
    else if (path.endsWith(".ts")) yield path;
  }
}

async function main(): Promise<void> {
  let found = 0;
  const report = (path: string, problem: string) => {
    found++;
    console.error(`${path}: ${problem}`);
  };
  for await (const path of modules("lib")) {
    const text = await Deno.readTextFile(root + path);
    const problem = judgeText(path, text);
    if (problem) report(path, problem);
    if (path.endsWith("_test.ts")) continue;
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
      const target = posix.join(posix.dirname(path), specifier!);
      const wrong = judgeImport(path, target);
      if (wrong) report(path, `imports ${specifier}: ${wrong}`);
      const [dir, name] = [
        target.slice(0, target.lastIndexOf("/")),
        target.slice(target.lastIndexOf("/") + 1),
      ];
      if (name.startsWith("_") && dir !== path.slice(0, path.lastIndexOf("/"))) {
        report(path, `imports ${specifier}: it is private to its folder`);
      }
    }
  }
  if (found > 0) Deno.exit(1);
}

if (import.meta.main) await main();
