/**
 * What each command can run of the sources, so that the launcher compares those alone before it
 * (scripts/bundle_inputs.ts). A command that is left out is one before which all are compared.
 */
import type { Entry } from "../lib/commands/entry.ts";
import { HOT } from "../lib/commands/hot.ts";
import { TABLE } from "../lib/commands/table.ts";
import { type Graph, runBy } from "./chunks.ts";

/** What one command runs of the sources. */
export interface CommandInputs {
  /** Words of the command, e.g. `verify`. */
  readonly name: string;
  /** Words that follow the name in other commands, e.g. `chain` of `verify chain`. */
  readonly subcommands: readonly string[];
  readonly files: readonly string[];
}

/**
 * Modules that load a file of the bundle by its place, which their imports don't show, and the module that this file is
 * made of. Pages are made of sources that the program does not import.
 */
export const BY_PLACE: Readonly<Record<string, string | "a page">> = {
  "lib/effects/journal_request.ts": "lib/effects/journal_worker.ts",
  "lib/export/html/load_script.ts": "a page",
  "lib/ui/page_answer.ts": "a page",
};

/** Modules of commands that load other commands: to check the arguments of one, or for what all of them declare. */
export const LOADING_OTHERS: readonly string[] = [
  "lib/commands/check_flags.ts",
  "lib/commands/doctor/doctor.ts",
  "lib/commands/ui.ts",
];

/** The commands of the table, hot ones first, without those that show a page or load other commands. */
export function commandInputs(graph: Graph): CommandInputs[] {
  const dynamicImportsOf = (path: string) => [
    ...graph.dynamicImportsOf(path),
    ...BY_PLACE[path]?.endsWith(".ts") ? [BY_PLACE[path]] : [],
  ];
  return [...new Set([...HOT, ...TABLE])].flatMap((entry) => {
    const files = runBy(moduleOf(entry), { ...graph, dynamicImportsOf }).filter(isOwn);
    if (files.some((path) => BY_PLACE[path] === "a page" || LOADING_OTHERS.includes(path))) return [];
    const longer = TABLE.filter(({ name }) => name.startsWith(`${entry.name} `));
    const subcommands = longer.map(({ name }) => name.slice(entry.name.length + 1));
    return [{ name: entry.name, subcommands: subcommands.map((words) => words.split(" ")[0]!), files }];
  });
}

/** The module of a command, which its row of the table imports. */
export function moduleOf({ name, load }: Pick<Entry, "name" | "load">): string {
  const specifier = /\bimport\("\.{1,2}\/([^"]+)"\)/.exec(`${load}`)?.[1];
  if (specifier === undefined) throw new Error(`The row of "${name}" names no module that it loads`);
  return `lib/commands/${specifier}`;
}

/** Whether a module is of the program itself, not of a package. */
export function isOwn(path: string): boolean {
  return /^(main\.ts$|lib\/)/.test(path);
}
