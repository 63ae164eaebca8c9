import {
  type AnyCommand,
  type Flag,
  nameOf,
  type Positional,
  type ValueFlag,
} from "../../commands/define.ts";
import type { Entry } from "../../commands/table.ts";
import { loadAll, placeholderOf } from "../catalog.ts";
import { groupsOf } from "../groups.ts";
import { COMMON_FLAGS } from "../parse.ts";

/** The possible values of a flag or argument: fixed words, or something that the shell looks up. */
export type Takes =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "run" | "file" | "folder" | "variable" | "text" };

/** A flag to offer; `takes` is absent when the flag takes no value. */
export interface OfferedFlag {
  readonly name: string;
  readonly help: string;
  readonly takes?: Takes;
}

/** What can follow the words of a command or group. */
export interface Place {
  /** The words so far, separated by spaces; empty at the start. */
  readonly path: string;
  readonly children: readonly { readonly word: string; readonly help: string }[];
  readonly flags: readonly OfferedFlag[];
  readonly positionals: readonly Takes[];
  /** Whether the last positional may be repeated. */
  readonly repeats: boolean;
}

/** The flags that take a value. */
export function valuedFlags(flags: readonly OfferedFlag[]): Required<OfferedFlag>[] {
  return flags.filter((flag): flag is Required<OfferedFlag> => flag.takes !== undefined);
}

/** Possible values as one word for a shell script; fixed choices follow a colon. */
export function takesWord(takes: Takes): string {
  return takes.kind === "words" ? `words:${takes.words.join("|")}` : takes.kind;
}

const GROUP_FLAGS: readonly OfferedFlag[] = [
  { name: "help", help: COMMON_FLAGS.help!.help },
  { name: "explain", help: "print a one-line description" },
];

/** All places of a command line in the order of the table, beginning with the empty one. */
export async function completionModel(table: readonly Entry[]): Promise<Place[]> {
  const places = new Map<string, Place>();
  for (const group of ["", ...groupsOf(table)]) {
    const version = group === "" ? [{ name: "version", help: "print the version" }] : [];
    const flags = [...GROUP_FLAGS, ...version];
    places.set(group, {
      path: group,
      children: childrenOf(group, table),
      flags,
      positionals: [],
      repeats: false,
    });
  }
  for (const { entry, command } of await loadAll(table)) {
    places.set(entry.name, {
      ...placeOf(command),
      path: entry.name,
      children: childrenOf(entry.name, table),
    });
  }
  if (!places.has("help")) return [...places.values()];
  // `help` is followed by the words of any command.
  for (const { path, children } of [...places.values()]) {
    if (children.length === 0 || path === "help") continue;
    const under = `help ${path}`.trim();
    places.set(under, { path: under, children, flags: [], positionals: [], repeats: false });
  }
  return [...places.values()];
}

function placeOf(command: AnyCommand): Pick<Place, "flags" | "positionals" | "repeats"> {
  return {
    flags: Object.entries<Flag>({ ...command.flags, ...COMMON_FLAGS }).map(([name, flag]) =>
      flag.kind === "bool" ? { name, help: flag.help } : { name, help: flag.help, takes: takenBy(flag) }
    ),
    positionals: command.positionals.map(takesOf),
    repeats: command.positionals.map(nameOf).at(-1)?.includes("...") === true,
  };
}

/** The possible values of a flag. */
export function takenBy(
  { kind, value, choices }: Pick<ValueFlag<unknown>, "kind" | "value" | "choices">,
): Takes {
  if (choices) return words(choices);
  if (kind === "path" || kind === "paths") {
    return { kind: /^run_id/.test(value) ? "run" : /^folder/.test(value) ? "folder" : "file" };
  }
  return value === "variable" ? { kind: "variable" } : wordsIn(value);
}

/** The possible values of an argument. */
export function takesOf(positional: Positional): Takes {
  return typeof positional === "string" ? wordsIn(placeholderOf(positional)) : { kind: positional.path };
}

/** The words of a placeholder such as `latest|n`, if it has several. */
function wordsIn(placeholder: string): Takes {
  const parts = placeholder.split("|");
  return parts.length > 1 ? words(parts) : { kind: "text" };
}

/**
 * INVARIANT: the words are embedded in shell scripts, so none may contain a character that is special to a shell. A
 * single letter, as in `latest|n`, is a placeholder.
 */
function words(words: readonly string[]): Takes {
  return { kind: "words", words: words.filter((word) => /^\w[\w.:-]+$/.test(word)) };
}

function childrenOf(path: string, table: readonly Entry[]): { word: string; help: string }[] {
  const depth = path === "" ? 0 : path.split(" ").length;
  const children = new Map<string, string>();
  for (const { name, summary } of table) {
    if (path !== "" && !name.startsWith(path + " ")) continue;
    const below = name.split(" ");
    const word = below[depth]!;
    if (below.length === depth + 1) children.set(word, summary);
    else if (!children.has(word)) {
      children.set(word, `Commands: ${subcommands([...below.slice(0, depth + 1)], table)}`);
    }
  }
  return [...children].map(([word, help]) => ({ word, help }));
}

function subcommands(group: readonly string[], table: readonly Entry[]): string {
  const below = table.filter((entry) => entry.name.startsWith(group.join(" ") + " "));
  return [...new Set(below.map((entry) => entry.name.split(" ")[group.length]!))].join(", ");
}
