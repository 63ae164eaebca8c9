import { type GaitError, invalidInput } from "../../errors/mod.ts";
import { checkMany, type CheckRow, verdictOf } from "../../gate/check_many.ts";
import { exitOfVerdict } from "../../gate/decision_outcome.ts";
import { loadCheckGate } from "../../gate/load_check.ts";
import { strictest } from "../../schema/verdict.ts";
import { defineCommand } from "../define.ts";
import { decided, failure } from "../outcome.ts";
import { withMigration } from "../policy/migration.ts";
import { checkLines, encodeChecks } from "./check_report.ts";
import { absentFlags, defaultsOf, GATE_FLAG_OF, gateFlags, gateOptions } from "./flags.ts";

const KEPT = [
  "policy",
  "profile",
  "credential-broker",
  "credential-env-prefix",
  "credential-command",
  "approval-public-key",
  "approval-public-key-env",
  "wrkr-inventory",
  "approved-script-registry",
  "approved-script-public-key",
  "approved-script-public-key-env",
  "config",
  "no-config",
] as const;

type CheckFlags = Pick<typeof gateFlags, typeof KEPT[number]>;

/** `gait gate check` (docs/spec/gate.md 6.4). */
export default defineCommand({
  explain:
    "Decides many calls at once, as gait gate eval would without tokens. Counts, signs and writes nothing; the " +
    "strictest verdict gives the exit status.",
  positionals: [{ name: "<folder|file.json|file.jsonl...>", path: "file" }],
  flags: Object.fromEntries(KEPT.map((name) => [name, gateFlags[name]])) as CheckFlags,
  flagOf: GATE_FLAG_OF,
  needs: { read: true, env: true },
  examples: [
    "gait gate check intents --policy policy.yaml",
    "gait gate check calls.jsonl intents/delete.json --policy policy.yaml --json",
  ],
  run: ({ positionals, flags, effects }) =>
    withMigration(async () => {
      const defaults = await defaultsOf(flags, effects.files);
      const options = gateOptions({ ...absentFlags(gateFlags), ...flags }, defaults);
      const { gate, warnings } = await loadCheckGate(options, effects);
      const rows = await Array.fromAsync(checkMany(gate, positionals, effects.files, effects.now()));
      const json = { policy_digest: gate.policy.digest, ...encodeChecks(rows, warnings) };
      const lines = checkLines(rows, warnings);
      const unreadable = rows.filter((row) => verdictOf(row) === undefined);
      if (unreadable.length > 0) return failure(unreadableError(unreadable, rows.length), json, lines);
      const worst = rows.map((row) => verdictOf(row)!).reduce(strictest, "allow");
      return decided(exitOfVerdict(worst), json, lines);
    }),
});

const NAMED = 3;

function unreadableError(unreadable: readonly CheckRow[], total: number): GaitError {
  const names = unreadable.slice(0, NAMED).map(({ name }) => `"${name}"`).join(", ");
  const more = unreadable.length > NAMED ? ` and ${unreadable.length - NAMED} more` : "";
  const first = unreadable[0]!;
  const hint = "error" in first ? first.error.hint : undefined;
  return invalidInput(`Cannot read ${unreadable.length} of ${total} intents: ${names}${more}`, {
    hint: hint ?? "The line of each says why; repair it, or take it out of the folder",
  });
}
