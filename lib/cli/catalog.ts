import { type AnyCommand, type Flag, nameOf } from "../commands/define.ts";
import type { Entry, Goal } from "../commands/table.ts";
import type { Needs } from "../effects/mod.ts";
import { COMMON_FLAGS } from "./parse.ts";

/** An entry of the table with its loaded command. */
export interface Listed {
  readonly entry: Entry;
  readonly command: AnyCommand;
}

/** Load every command of a table, in its order. */
export async function loadAll(table: readonly Entry[]): Promise<Listed[]> {
  return await Promise.all(table.map(async (entry) => ({ entry, command: (await entry.load()).default })));
}

/** The entries of a table by goal; goals in the order of their first entry. */
export function byGoal(table: readonly Entry[]): Map<Goal, Entry[]> {
  const goals = new Map<Goal, Entry[]>();
  for (const entry of table) goals.set(entry.goal, [...goals.get(entry.goal) ?? [], entry]);
  return goals;
}

/** The usage line of a command. */
export function usageOf({ entry, command }: Listed): string {
  const positionals = command.positionals.map(nameOf);
  return positionals[0] === "<program>"
    ? ["gait", entry.name, "[flags] --", ...positionals].join(" ")
    : ["gait", entry.name, ...positionals, "[flags]"].join(" ");
}

/** A flag as documentation shows it. */
export interface FlagRow {
  /** Includes the placeholder of its value, e.g. `--out-dir <folder>`. */
  readonly flag: string;
  readonly help: string;
  /** Absent when there is none. */
  readonly default: string | undefined;
}

/** The flags of a command as they were declared, without those that every command has. */
export function ownFlagRows(command: AnyCommand): FlagRow[] {
  const own = Object.entries<Flag>(command.flags).filter(([name]) => !Object.hasOwn(COMMON_FLAGS, name));
  return own.map(flagRow);
}

/** The flags that every command has. */
export function commonFlagRows(): FlagRow[] {
  return Object.entries(COMMON_FLAGS).map(flagRow);
}

function flagRow([name, flag]: readonly [string, Flag]): FlagRow {
  if (flag.kind === "bool") {
    return { flag: `--${name}`, help: flag.help, default: flag.default ? "true" : undefined };
  }
  return {
    flag: `--${name} <${flag.choices?.join("|") ?? flag.value}>`,
    help: flag.required ? `${flag.help}; required` : flag.help,
    default: flag.default,
  };
}

const PERMISSIONS: readonly (readonly [keyof Needs, string])[] = [
  ["read", "read files"],
  ["write", "write files"],
  ["run", "start programs"],
  ["net", "use the local network"],
  ["env", "read environment variables"],
];

/** The permissions that a command keeps while it runs, in words. */
export function permissionsOf({ needs }: AnyCommand): string[] {
  return PERMISSIONS.filter(([name]) => needs[name] === true).map(([, words]) => words);
}

/** Descriptions of positional arguments. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  "run_id|path": "id of a run, looked up in gait-out and ~/.gait/runpacks, or path of its runpack or pack",
  "run_id|runpack": "id of a run, looked up in gait-out and ~/.gait/runpacks, or path of its runpack",
  "agent": "the coding agent: claude-code, cursor, codex or gemini-cli",
  "left": "run id or path of the first runpack",
  "right": "run id or path of the second runpack",
  "before.json": "the earlier snapshot, as gait scout snapshot wrote it",
  "after.json": "the later snapshot",
  "left.zip": "path of the first pack",
  "right.zip": "path of the second pack",
  "pack": "path of the pack",
  "runpack": "path of the runpack",
  "pack|folder|glob": "pack, folder of packs, or a pattern in quotes",
  "gateway-flag": "flags of gait mcp gateway for every server, behind --",
  "hook-flag": "flags of gait hook, behind --",
  "server": "name of the server, or the beginning of its id, as gait mcp trust list shows them",
  "hold|path": "id of a hold, as gait guard hold list shows it, or the path that is on hold",
  "source": "run id, runpack, session chain, job id, job folder, call record or bundle",
  "call.json": "record of the call, as JSON",
  "tool_call.json": "the tool call of the other protocol, as JSON",
  "records.jsonl": "proof records, as gait gateway ingest wrote them",
  "path": "path of the file",
  "path|url": "path of the manifest, or its address",
  "registry_pack.json": "path of the manifest",
  "folder": "folder to read; nothing outside of it is",
  "pack_name": "name of the pack, as its manifest says it",
  "publisher": "name of the publisher, as manifests say it",
  "file|folder|-": "log, folder or archive of logs; - is standard input",
  "folder|file.json|file.jsonl": "intents: a file, a file of one a line, or a folder of them",
  "file|-": "path of the file; - is standard input",
  "": "anything; it is ignored",
  "name": "name of the key",
  "file": "path of the policy",
  "intent": "path of the intent, as JSON",
  "template": "policy to start from: low, medium or high",
  "public.key": "file of the public key",
  "input.json": "the run, as JSON",
  "chain.json": "chain file of a session",
  "bash|zsh|fish|powershell": "the shell to complete in",
  "program": "the command to run; behind -- everything is its own",
  "argument": "its arguments",
  "command": "words of a command or of a group",
};

/** The positional arguments of a command with their descriptions. */
export function argumentRows(
  { positionals }: AnyCommand,
): { readonly name: string; readonly help: string }[] {
  return positionals.map(nameOf).map((name) => {
    const bare = placeholderOf(name);
    const known = Object.hasOwn(ARGUMENTS, bare) ? [ARGUMENTS[bare]!] : [];
    const optional = name.startsWith("[") ? ["optional"] : [];
    return { name, help: [...known, ...optional].join("; ") };
  });
}

/** An argument without brackets and dots: `[input.json...]` becomes `input.json`. */
export function placeholderOf(positional: string): string {
  return positional.replace(/[<>[\]]|\.\.\./g, "");
}
