import { codeOfExit, describeError, EXIT, MEANING } from "../errors/mod.ts";
import type { Outcome } from "../commands/outcome.ts";
import { hex, utf8 } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";

/**
 * The exit status of an outcome, or of its error if there is one. No other code decides it.
 *
 * INVARIANT: a result with `ok: false` never exits with status 0.
 */
export function exitStatusOf({ exit, error, json, childStatus }: Outcome): number {
  if (error) return MEANING[error.code].exit;
  if (childStatus) return childStatus;
  return exit === EXIT.ok && json.ok !== true ? EXIT.internal : exit;
}

function isDecision({ decision, error, exit, json }: Outcome): boolean {
  return decision === true && error === undefined && json.ok === true &&
    (exit === EXIT.policyBlocked || exit === EXIT.approvalRequired);
}

/** The JSON line of an outcome: top-level keys sorted, correlation id added, newline at the end. */
export async function jsonLine(outcome: Outcome, argv: readonly string[]): Promise<string> {
  const members: JsonObject = {
    ...(outcome.error ? describeError(outcome.error) : {}),
    ...outcome.json,
    correlation_id: await correlationId(argv),
  };
  // INVARIANT: `ok` is false for every status other than 0, except when the gate made a decision.
  if (exitStatusOf(outcome) !== EXIT.ok && !isDecision(outcome)) members.ok = false;
  const sorted = Object.keys(members).sort().map((name) => [name, members[name]]);
  const json = JSON.stringify(Object.fromEntries(sorted));
  if (/^[\x20-\x7e]*$/.test(json)) return json + "\n";
  const { escapeControlsInJson } = await import("../formats/controls.ts");
  return escapeControlsInJson(json) + "\n";
}

/** 24 hex digits derived from the arguments: the first 12 bytes of their SHA-256 (docs/spec/core.md 3.3). */
export async function correlationId(argv: readonly string[]): Promise<string> {
  const text = ["gait", ...argv].map((argument) => argument.trim()).join("\u001f");
  return hex(
    new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text.toWellFormed()))).subarray(0, 12),
  );
}

/** The category of a status in the operational log; `none` on success. */
export function categoryOfExit(exit: number): string {
  if (exit === EXIT.ok) return "none";
  return MEANING[codeOfExit(exit) ?? "internal_failure"].category; // a wrapper passes on any status of its child
}
