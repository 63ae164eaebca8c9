/**
 * Which modules share a file of the program. Opening, reading and linking a file costs Deno about a third of a
 * millisecond, and splitting, which keeps commands from loading what they don't need, makes dozens of files. So modules
 * that are always loaded together share one: those of every command line, those of each hot command, those that hot
 * commands share, those of the hooks, and the command table. The bundler splits the rest.
 */

/** Imports of modules, by their paths in the checkout. */
export interface Graph {
  readonly importsOf: (path: string) => readonly string[];
  /** Without what a module between the two passes on, and this one does not name (scripts/used_imports.ts). */
  readonly usedImportsOf: (path: string) => readonly string[];
  readonly dynamicImportsOf: (path: string) => readonly string[];
  /** Length of the text of a module. */
  readonly sizeOf: (path: string) => number;
}

/**
 * The program itself. It has a file of its own, for it waits for its command (`await` at its top): whatever imported
 * it would wait for it, without end. Waiting saves a millisecond, of what Deno does when a program has been loaded.
 */
const ENTRY = "main.ts";

/** What every command starts from. */
const FRONT = "front";

/**
 * Modules that a command may need after it has dropped the permission to read files, so every command loads them at
 * the start.
 */
export const AFTER_NARROWING: readonly string[] = [
  "lib/cli/error_text.ts",
  "lib/effects/child.ts",
  "lib/effects/signals.ts",
];

/** Its dynamic imports are the hot commands. */
const HOT = "lib/commands/hot.ts";

/** What any other line loads, help too. */
const TABLE = ["lib/cli/help.ts", "lib/cli/whole_table.ts", "lib/cli/resolve.ts"];

/** Their dynamic imports are commands, of which a command line runs one. */
const TABLES = /^lib\/(commands\/(hot|table\/\w+)|cli\/builtins)\.ts$/;

/** The hooks have one file, for they are one command; they start from what `gate eval` has, and leave its file as it is. */
const HOOK = /^lib\/commands\/hook\/\w+\.ts$/;

/** A hot command with less code of its own, in bytes, has no file: opening it would cost more than loading the code. */
const SMALL = 16_384;

/** The file of each module that has a certain one. */
export function assignChunks(graph: Graph): ReadonlyMap<string, string> {
  const chunks = new Map<string, string>();
  const assign = (chunk: string, paths: Iterable<string>): void => {
    for (const path of paths) if (!chunks.has(path)) chunks.set(path, chunk);
  };
  const own = (path: string) => neededBy([path], graph).filter((other) => !chunks.has(other));
  const size = (path: string) => own(path).reduce((sum, other) => sum + graph.sizeOf(other), 0);

  assign(FRONT, neededBy([...graph.usedImportsOf(ENTRY), ...AFTER_NARROWING], graph));
  const all = graph.dynamicImportsOf(HOT);
  const hot = all.filter((path) => !HOOK.test(path));
  const large = hot.filter((path) => size(path) >= SMALL);
  assign(FRONT, neededBy(hot.filter((path) => !large.includes(path)), graph));
  const counts = new Map<string, number>();
  for (const path of large.flatMap(own)) counts.set(path, (counts.get(path) ?? 0) + 1);
  assign("hot_shared", [...counts].filter(([, count]) => count > 1).map(([path]) => path));
  for (const path of large) assign(fileOf(path), own(path));
  assign("hot_hook", all.filter((path) => HOOK.test(path)).flatMap(own));
  assign("table", neededBy(TABLE, graph));
  return chunks;
}

/** All modules that a command line of a command can run, however it ends: help and errors too. */
export function runBy(path: string, graph: Graph): string[] {
  const imports = (path: string) => [
    ...graph.importsOf(path),
    ...TABLES.test(path) ? [] : graph.dynamicImportsOf(path),
  ];
  return closureOf([ENTRY, path], imports);
}

/** `lib/commands/gate/eval.ts` as `hot_gate_eval`. */
function fileOf(path: string): string {
  return `hot_${path.slice("lib/commands/".length, -".ts".length).replaceAll("/", "_")}`;
}

/** All modules that some need, those included: what the bundler keeps of others has its place without being named. */
function neededBy(paths: readonly string[], { usedImportsOf }: Graph): string[] {
  return closureOf(paths, usedImportsOf);
}

/** All modules that are loaded with some, those included. */
function closureOf(paths: readonly string[], importsOf: (path: string) => readonly string[]): string[] {
  const found = new Set<string>(paths);
  for (const path of found) for (const other of importsOf(path)) found.add(other);
  return [...found];
}
