import { codeOfExit, describeError, EXIT, type ExitStatus, MEANING } from "../errors/mod.ts";
import type { Outcome } from "../commands/outcome.ts";
import { hex, utf8 } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";

/**
 * The exit status of an outcome: of its error when there is one. The only place where it is decided.
 *
 * INVARIANT: an object that says no never goes out with status 0.
 */
export function exitStatusOf({ exit, error, json }: Outcome): ExitStatus {
  if (error) return MEANING[error.code].exit;
  return exit === EXIT.ok && json.ok !== true ? EXIT.internal : exit;
}

function isDecision({ decision, error, exit, json }: Outcome): boolean {
  return decision === true && error === undefined && json.ok === true &&
    (exit === EXIT.policyBlocked || exit === EXIT.approvalRequired);
}

/** The JSON line of an outcome: top-level keys sorted, correlation id added, final newline. */
export async function jsonLine(outcome: Outcome, argv: readonly string[]): Promise<string> {
  const members: JsonObject = {
    ...(outcome.error ? describeError(outcome.error) : {}),
    ...outcome.json,
    correlation_id: await correlationId(argv),
  };
  // INVARIANT: a status other than 0 never says ok, except that a decision of the gate was made.
  if (exitStatusOf(outcome) !== EXIT.ok && !isDecision(outcome)) members.ok = false;
  const sorted = Object.keys(members).sort().map((name) => [name, members[name]]);
  return JSON.stringify(Object.fromEntries(sorted)) + "\n";
}

/** 24 hex digits that the same arguments always give: first 12 bytes of SHA-256 (docs/spec/core.md 3.3). */
export async function correlationId(argv: readonly string[]): Promise<string> {
  const text = ["gait", ...argv].map((argument) => argument.trim()).join("\u001f");
  return hex(
    new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text.toWellFormed()))).subarray(0, 12),
  );
}

/** Category of a status in the operational log: `none` on success. */
export function categoryOfExit(exit: ExitStatus): string {
  const code = codeOfExit(exit);
  return code === undefined ? "none" : MEANING[code].category;
}
