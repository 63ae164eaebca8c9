import type { Entry } from "../commands/table.ts";
import { EXIT, type ExitStatus, type GaitError, invalidInput } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { nearestCommand } from "./nearest.ts";

/** What a command line requests. */
export type Resolved =
  | { readonly kind: "command"; readonly entry: Entry; readonly rest: readonly string[] }
  | { readonly kind: "help"; readonly topic: string }
  | { readonly kind: "usage"; readonly topic: string; readonly exit: ExitStatus; readonly error: GaitError }
  | { readonly kind: "explain"; readonly text: string }
  | { readonly kind: "unknown"; readonly error: GaitError; readonly fields: JsonObject };

const PROGRAM =
  "gait records what an agent did as signed evidence, verifies it offline, and turns incidents into regressions.";

/** What the program prints without any argument. */
const WELCOME: Entry = {
  name: "gait",
  summary: "Print the version and where to start",
  goal: "The program",
  load: () => import("./builtin/welcome.ts"),
};

/** Groups whose `--help` exits with 0; for the others it counts as a missing subcommand, as in the existing program. */
const HELPFUL_GROUPS = ["keys"];

/** Retired names of commands and their replacements (docs/spec/core.md 3.1). */
const RETIRED: Readonly<Record<string, string>> = { "mcp-verify": "mcp verify" };

/** Find the command that a line names (docs/spec/core.md 3.1). A mistyped command is suggested, never run. */
export function resolveCommand(argv: readonly string[], table: readonly Entry[]): Resolved {
  const [first, ...rest] = argv;
  const named = (name: string) => table.find((entry) => entry.name === name);
  if (first === undefined) return { kind: "command", entry: WELCOME, rest };
  if (first === "--version" || first === "-v" || first === "version") {
    return { kind: "command", entry: named("version")!, rest };
  }
  if (first === "--help" || first === "-h" || first === "help") {
    return rest.includes("--explain")
      ? { kind: "command", entry: named("help")!, rest: ["--explain"] }
      : resolveHelp(rest);
  }
  if (first === "--explain") return { kind: "explain", text: PROGRAM };
  if (Object.hasOwn(RETIRED, first)) return retired(first, RETIRED[first]!);

  // The longest matching name wins: `verify chain` and `verify` are both commands.
  for (const words of [3, 2, 1]) {
    if (argv.length < words) continue;
    const entry = named(argv.slice(0, words).join(" "));
    if (entry && entry.name.split(" ").length === words) {
      if (entry.behindDashes && isMistyped(argv.slice(words))) break;
      return { kind: "command", entry, rest: argv.slice(words) };
    }
  }
  const group = longestGroup(argv, table);
  if (group !== undefined) return resolveGroup(group, argv.slice(group.split(" ").length), table);
  return { kind: "unknown", error: unknownCommand(argv, table), fields: {} };
}

/** Flags that `gait help` takes; the other spellings of help are among them, because people write both. */
const HELP_FLAG = /^(--?(json(=.*)?|help)|-h)$/;

function resolveHelp(rest: readonly string[]): Resolved {
  const unknown = rest.find((word) => word.startsWith("-") && !HELP_FLAG.test(word));
  if (unknown === undefined) {
    return { kind: "help", topic: rest.filter((word) => !word.startsWith("-")).join(" ") };
  }
  const error = invalidInput(`Unknown flag "${unknown}"`, { hint: "Write: gait help <command> [--json]" });
  return { kind: "unknown", error, fields: {} };
}

/** Whether words that would be a program to run are not behind `--`; `--help` is missing them, as in a group. */
function isMistyped([first = "", ...rest]: readonly string[]): boolean {
  return first !== "--" && first !== "--explain" &&
    (!first.startsWith("-") || !rest.includes("--"));
}

/** The line names a group, but none of its commands. */
function resolveGroup(group: string, rest: readonly string[], table: readonly Entry[]): Resolved {
  // After an unknown subcommand, `--help` may be a value: a mistyped `gait gate evall …` must not exit with 0.
  if (rest.find((argument) => argument !== "--json") === "--explain") {
    return {
      kind: "explain",
      text: `gait ${group} is a group of commands; see them with: gait help ${group}`,
    };
  }
  const wantsHelp = rest[0] === "--help" || rest[0] === "-h";
  const exit = wantsHelp && HELPFUL_GROUPS.includes(group.split(" ")[0]!) ? EXIT.ok : EXIT.invalidInput;
  const error = rest[0] === undefined || rest[0].startsWith("-")
    ? invalidInput(`Missing subcommand of "${group}"`, { hint: `See its commands with: gait help ${group}` })
    : invalidInput(`Unknown subcommand "${group} ${rest[0]}"`, {
      hint: hintFor([...group.split(" "), rest[0]], table, group),
    });
  return { kind: "usage", topic: group, exit, error };
}

function longestGroup(argv: readonly string[], table: readonly Entry[]): string | undefined {
  for (const words of [2, 1]) {
    const name = argv.slice(0, words).join(" ");
    if (argv.length >= words && table.some((entry) => entry.name.startsWith(name + " "))) return name;
  }
  return undefined;
}

/** What other programs do to themselves: gait has no network, and leaves its own file to who put it there. */
const BY_THE_INSTALLER: Readonly<Record<string, string>> = {
  install: "To put gait before a client or an agent: gait mcp install, or gait hook install",
  uninstall:
    "Take it out of clients first: gait mcp uninstall, gait hook uninstall; then docs/install.md, Removing",
  update: "Install the new release over this one: docs/install.md, Upgrading",
  upgrade: "Install the new release over this one: docs/install.md, Upgrading",
};

function unknownCommand(argv: readonly string[], table: readonly Entry[]): GaitError {
  const [first = ""] = argv;
  const hint = Object.hasOwn(BY_THE_INSTALLER, first) ? BY_THE_INSTALLER[first]! : hintFor(argv, table);
  return invalidInput(`Unknown command "${first}"`, { hint });
}

/** @param group that the words begin with: what is near to nothing in it is not the group itself, which does nothing */
function hintFor(words: readonly string[], table: readonly Entry[], group = ""): string {
  const near = nearestCommand(words, table);
  return near === undefined || near === group
    ? `See ${group === "" ? "all" : "its"} commands with: gait help${group && ` ${group}`}`
    : `Did you mean: gait ${near}`;
}

function retired(typed: string, replacement: string): Resolved {
  const error = invalidInput(`Command "${typed}" was retired`, { hint: `Use: gait ${replacement}` });
  const migration = {
    kind: "command",
    deprecated_command: `gait ${typed}`,
    replacement_command: `gait ${replacement}`,
  };
  return { kind: "unknown", error, fields: { migration } };
}
