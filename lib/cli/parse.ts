import { type AnyCommand, type Flag, nameOf, type Positional, type ValueFlag } from "../commands/define.ts";
import { invalidInput } from "../errors/mod.ts";
import { pathArgument } from "../formats/shell.ts";
import { suggestAll } from "../formats/suggest.ts";
import { append } from "../formats/lists.ts";
import { type PathStyle, withSlashes } from "../formats/path_style.ts";

/** Flags that every command has. */
export const COMMON_FLAGS: Readonly<Record<string, Flag>> = {
  json: { kind: "bool", help: "print one JSON object" },
  explain: { kind: "bool", help: "print a one-line description and do nothing else" },
  help: { kind: "bool", help: "show this help" },
};

/**
 * Whether the arguments contain a flag in the position of a flag: not as the value of another one, after `--`, or
 * after the argument that ends the flags. An attacker who chooses a value, e.g. of `--approval-token-ref`, could
 * otherwise make the command print its explanation and exit 0, which an adapter reads as "allowed" (docs/spec/core.md
 * 3.2). An unknown flag takes no value.
 */
export function isGivenAsFlag(command: AnyCommand, args: readonly string[], flag: string): boolean {
  const specs: Record<string, Flag> = { ...command.flags, ...COMMON_FLAGS };
  for (let i = 0; i < args.length; i++) {
    const token = args[i]!;
    if (token === "--") return false;
    if (token === flag) return true;
    if (!token.startsWith("-") || token.length === 1) {
      if (command.flagsFirst) return false;
      continue;
    }
    const name = token.replace(/^--?/, "");
    if (Object.hasOwn(specs, name) && specs[name]!.kind !== "bool") i++;
  }
  return false;
}

/** A parsed command line. */
export interface Parsed {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

const TRUE = ["1", "t", "T", "true", "TRUE", "True"];
const FALSE = ["0", "f", "F", "false", "FALSE", "False"];

/** The hint for a flag that is like no other of the command that was called. */
export const SEE_FLAGS = "See the flags with --help";

/**
 * Parse arguments as Go's flag package does (docs/spec/core.md 3.2): `-name` equals `--name`, a value follows the
 * flag or `=`, the last occurrence of a repeated flag wins (flags that take names accumulate), flags and positionals
 * may be mixed, and everything after `--` is positional.
 *
 * @param style how the platform writes paths; those of files and folders are converted to `/`
 * @throws {GaitError} `invalid_input` for an unknown flag, a missing or bad value, or a wrong number of positionals
 */
export function parseArguments(
  command: AnyCommand,
  args: readonly string[],
  style: PathStyle = "posix",
): Parsed {
  const specs: Record<string, Flag> = { ...command.flags, ...COMMON_FLAGS };
  const flags: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    flags[name] = spec.kind === "bool" ? spec.default ?? false : spec.absent;
  }
  const positionals: string[] = [];
  const texts: Record<string, string[]> = {};
  for (let i = 0; i < args.length; i++) {
    const token = args[i]!;
    if (token === "--") {
      append(positionals, args.slice(i + 1));
      break;
    }
    if (!token.startsWith("-") || token.length === 1) {
      refuseLongDash(token, specs);
      if (command.behindDashes) {
        throw invalidInput(`Unexpected argument "${token}"`, { hint: "Write the program to run behind --" });
      }
      if (command.flagsFirst) {
        append(positionals, args.slice(i));
        break;
      }
      positionals.push(token);
      continue;
    }
    const { name, value } = splitFlag(token);
    const spec = Object.hasOwn(specs, name) ? specs[name]! : undefined;
    // --explain is handled before parsing; with a value it is unknown, as in the existing program.
    if (!spec || name === "explain") throw unknownFlag(token, Object.keys(specs));
    if (spec.kind === "bool") {
      flags[name] = value === undefined ? true : booleanOf(token, value);
    } else {
      if (value === undefined && i + 1 >= args.length) {
        throw invalidInput(`Flag "--${name}" needs a value: --${name} <${spec.value}>`);
      }
      (texts[name] ??= []).push(value ?? args[++i]!);
    }
  }
  if (flags.help !== true) {
    for (const [name, given] of Object.entries(texts)) {
      const spec = specs[name]! as ValueFlag<unknown>;
      const isPath = spec.kind === "path" || spec.kind === "paths";
      // Of a list every occurrence may count; of anything else the last one does, whatever stood before it.
      for (const text of spec.kind === "list" ? given : given.slice(-1)) {
        flags[name] = spec.read(isPath ? withSlashes(text, style) : text, `--${name}`, flags[name]);
      }
    }
    // Surplus arguments come first: they are often the values of flags that are missing.
    const missing = missingFlags(command, flags);
    checkCount(command, positionals, missing);
    if (missing.length > 0) throw invalidInput(`Missing ${missing.join(", ")}`);
  }
  const declared: readonly Positional[] = command.positionals;
  return {
    flags,
    positionals: positionals.map((given, i) =>
      typeof (declared[i] ?? declared.at(-1)) === "object" ? withSlashes(given, style) : given
    ),
  };
}

/** Every required flag that is missing is named at once with the words it may have, as in help. */
function missingFlags(command: AnyCommand, given: Parsed["flags"]): string[] {
  return Object.entries<Flag>(command.flags).flatMap(([name, flag]) =>
    flag.kind !== "bool" && flag.required && (given[name] === undefined || isEmptyList(given[name]))
      ? [`--${name} <${flag.choices?.join("|") ?? flag.value}>`]
      : []
  );
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function splitFlag(token: string): { name: string; value: string | undefined } {
  const body = token.replace(/^--?/, "");
  const equals = body.indexOf("=");
  const name = equals < 0 ? body : body.slice(0, equals);
  if (name === "" || name.startsWith("-")) {
    const meant = token.replace(/^-+/, "");
    throw invalidInput(
      `Cannot read flag "${token}"`,
      /^[a-z]/.test(meant) ? { hint: `Write --${meant}` } : {},
    );
  }
  return { name, value: equals < 0 ? undefined : body.slice(equals + 1) };
}

/** Word processors and chats make one long dash of two short ones. */
function refuseLongDash(token: string, known: Readonly<Record<string, Flag>>): void {
  const meant = token.replace(/^[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+-?/, "");
  if (meant === token || !Object.hasOwn(known, meant.split("=", 1)[0]!)) return;
  throw invalidInput(`Cannot read "${token}": it begins with a long dash`, {
    hint: `Write two short ones: --${meant}`,
  });
}

function booleanOf(token: string, value: string): boolean {
  if (TRUE.includes(value)) return true;
  if (FALSE.includes(value)) return false;
  throw invalidInput(`Cannot read flag "${token}": expected true or false`);
}

/** Words of other programs for what flags here are called. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  address: ["listen"],
  file: ["path", "input", "intent"],
  host: ["listen"],
  key: ["public-key", "private-key"],
  output: ["out", "out-dir", "output-dir"],
  port: ["listen"],
  pubkey: ["public-key"],
};

function unknownFlag(token: string, known: readonly string[]) {
  const [name = ""] = token.replace(/^--?/, "").split("=", 1);
  const [first = ""] = name.split(" ", 1);
  if (first !== name && known.includes(first)) {
    return invalidInput(`Unknown flag "${token}"`, {
      hint: `Give flag and value as two words, each in quotes of its own: --${first} <value>`,
    });
  }
  const meant = Object.hasOwn(SYNONYMS, name) ? SYNONYMS[name]!.filter((flag) => known.includes(flag)) : [];
  const near = (meant.length > 0 ? meant : suggestAll(name, known)).map((flag) => `--${flag}`);
  return invalidInput(`Unknown flag "${token}"`, {
    hint: near.length === 0 ? SEE_FLAGS : `Did you mean ${near.join(" or ")}?`,
  });
}

/** A file is no value of a flag that takes an identity or a duration, though that flag is the one that is missing. */
function takesPath(flag: string): boolean {
  const value = flag.slice(flag.indexOf("<"));
  return ["file", "folder", "path", "dir"].some((word) => value.includes(word));
}

function looksLikePath(text: string): boolean {
  return /[/\\]|\.[a-z]+$/i.test(text);
}

function checkCount(command: AnyCommand, given: readonly string[], missing: readonly string[]): void {
  const names = command.positionals.map(nameOf);
  const least = names.filter((name) => name.startsWith("<")).length;
  const surplus = names.at(-1)?.includes("...") ? [] : given.slice(names.length);
  if (surplus.length > 0) {
    const [flag = ""] = missing[0]?.split(" ") ?? [];
    const first = surplus[0]!;
    const written = first === "true" || first === "false"
      ? `--<switch>=${first}`
      : flag && surplus.length === 1 && (takesPath(missing[0]!) || !looksLikePath(first))
      ? `${flag} ${pathArgument(first)}`
      : undefined;
    throw invalidInput(
      `Unexpected ${surplus.length === 1 ? "argument" : "arguments"} ${
        surplus.map((text) => `"${text}"`).join(", ")
      }`,
      written
        ? { hint: `Write it as ${written}` }
        : flag
        ? { hint: `Name each by its flag; ${missing.join(", ")} is required` }
        : {},
    );
  }
  if (given.length < least) throw invalidInput(`Missing argument ${names[given.length]}`);
}
