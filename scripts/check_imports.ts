/**
 * Checks that imports point down: every folder of lib/ has a floor (docs/architecture.md), and a module may import
 * from its own folder and from lower floors. There are no circular imports, not even of types. Only lib/effects uses
 * `Deno`, and domains import only the types of effects. Files that begin with `_` are private to their folder.
 * Signatures are verified in one module, which the page of an export replaces. Prints violations and exits 1.
 */
import { posix } from "node:path";
import { root } from "./root.ts";

/** Folders from the bottom up; folders on the same floor must not import each other. */
export const FLOORS: readonly (readonly string[])[] = [
  ["errors"],
  ["formats"],
  ["effects"],
  ["schema", "signing", "config"],
  ["policy", "intent"],
  ["evaluate"],
  ["tokens"],
  ["gate"],
  ["lint", "scout", "voice", "runpack", "serve", "wrap", "release", "ci"],
  ["conversation", "session", "guard", "job", "registry"],
  ["pack"],
  ["export", "mcp"],
  ["regress", "report", "doctor"],
  ["ui"],
  ["commands"],
  ["cli", "library"],
];

/** The problem of an import; `undefined` if it is allowed. */
export function importProblem(from: string, to: string): string | undefined {
  const [fromFolder, toFolder] = [folderOf(from), folderOf(to)];
  if (fromFolder === undefined || toFolder === undefined) return undefined; // files outside of the folders, and packages
  if (fromFolder === toFolder) return undefined;
  const [fromFloor, toFloor] = [floorOf(fromFolder), floorOf(toFolder)];
  if (fromFloor < 0 || toFloor < 0) return `unknown folder ${fromFloor < 0 ? fromFolder : toFolder}`;
  if (toFloor < fromFloor) return undefined;
  return `${fromFolder} (floor ${fromFloor}) may not import ${toFolder} (floor ${toFloor})`;
}

/** The domains, which receive effects as arguments. */
const DOMAINS = FLOORS.slice(floorOf("schema"), floorOf("commands")).flat();

/** The problem of how a module imports effects. */
export function effectsProblem(path: string, text: string): string | undefined {
  if (!DOMAINS.includes(folderOf(path) ?? "")) return undefined;
  for (const [, clause] of text.matchAll(/^import ([^;]*?) from "[^"]*\/effects\/[^"]+";/gm)) {
    const names = /^\{([^}]*)\}$/.exec(clause!)?.[1]?.split(",").map((name) => name.trim()) ?? [];
    const byType = clause!.startsWith("type ") ||
      (names.length > 0 && names.every((name) => name === "" || name.startsWith("type ")));
    if (!byType) return "domains import lib/effects by type only: take what is needed as an argument";
  }
  return undefined;
}

/** Circular imports, one list per cycle. */
export function findCircles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  // Tarjan's strongly connected components.
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const next of imports.get(file) ?? []) {
      if (!imports.has(next)) continue;
      if (!index.has(next)) {
        visit(next);
        low.set(file, Math.min(low.get(file)!, low.get(next)!));
      } else if (stack.includes(next)) low.set(file, Math.min(low.get(file)!, index.get(next)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1 || (imports.get(file) ?? []).includes(file)) circles.push(circle.sort());
  };
  for (const file of imports.keys()) if (!index.has(file)) visit(file);
  return circles;
}

/** The problem in the text of a module. */
export function textProblem(path: string, text: string): string | undefined {
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
  const imports = new Map<string, string[]>();
  for await (const path of modules("lib")) {
    const text = await Deno.readTextFile(root + path);
    const problem = textProblem(path, text);
    if (problem) report(path, problem);
    if (path.endsWith("_test.ts")) continue;
    const reached = effectsProblem(path, text);
    if (reached) report(path, reached);
    imports.set(path, []);
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
      const target = posix.join(posix.dirname(path), specifier!);
      imports.get(path)!.push(target);
      const wrong = importProblem(path, target);
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
  for (const circle of findCircles(imports)) report(circle[0]!, `is in a circle: ${circle.join(", ")}`);
  if (found > 0) Deno.exit(1);
}

if (import.meta.main) await main();
