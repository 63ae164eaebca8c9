import { invalidInput } from "../errors/mod.ts";
import { trim } from "../formats/text.ts";
import { INTENT_PATHS, POLICY_PATHS } from "./workspace_state.ts";

/** Arguments that a page may give to a command. */
export type CommandArguments = Readonly<Record<string, string>>;

/**
 * The commands that a page may start, by name; no other program and no shell is ever started for it
 * (docs/spec/doctor.md 4.3).
 */
export const FIXED_COMMANDS: Readonly<Record<string, (args: CommandArguments) => readonly string[]>> = {
  demo: () => ["demo", "--json"],
  verify_demo: () => ["verify", "run_demo", "--json"],
  receipt_demo: () => ["run", "receipt", "--from", "run_demo", "--json"],
  regress_init: (args) => ["regress", "init", "--from", runId(args), "--json"],
  regress_run: () => ["regress", "run", "--json", "--junit", "./gait-out/junit.xml"],
  policy_block_test: (args) => [
    "policy",
    "test",
    listed(args, "policy_path", POLICY_PATHS),
    listed(args, "intent_path", INTENT_PATHS),
    "--json",
  ],
};

function runId(args: CommandArguments): string {
  const id = trim(args.run_id ?? "") || "run_demo";
  if (/^[a-zA-Z0-9._:-]{1,120}$/.test(id) && !id.startsWith("-")) return id;
  throw invalidInput("Cannot use run_id: expected up to 120 letters, digits, dots, colons, dashes");
}

function listed(args: CommandArguments, name: string, paths: readonly string[]): string {
  const path = trim(args[name] ?? "").replaceAll("\\", "/") || paths[0]!;
  if (paths.includes(path)) return path;
  throw invalidInput(`Cannot use ${name}: it is not one of the listed paths`);
}
