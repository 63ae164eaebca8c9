import type { Effects } from "../effects/mod.ts";
import { GaitError, missingOption, unsafeOperation } from "../errors/mod.ts";
import { escapeControls } from "../formats/controls.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { encodeIntentForDigest } from "../intent/digest.ts";
import { parseIntent } from "../intent/parse.ts";
import { runsCode } from "../intent/runs_code.ts";
import { callWithoutTrace, readStoppedCall, type StoppedCall } from "../gate/stopped_call.ts";
import { parsePolicy } from "../policy/parse.ts";
import { type KeySources, loadTrustedKeys } from "../signing/mod.ts";
import { callRows, RUNS_CODE } from "./call_rows.ts";
import { columns, type Line, line, warn } from "./text.ts";

/** Files that describe a stopped call. */
export interface StoppedFiles {
  readonly trace: string | undefined;
  readonly intent: string | undefined;
  readonly policy: string | undefined;
}

/** Larger traces are refused: 16 MiB. */
const MAX_TRACE_BYTES = 1 << 24;

/** Read a stopped call from its files. */
export async function loadStoppedCall(
  paths: StoppedFiles,
  sources: KeySources,
  effects: Effects,
): Promise<StoppedCall> {
  const { files } = effects;
  const intent = paths.intent === undefined
    ? undefined
    : await parseIntent(await files.read(paths.intent), `intent "${paths.intent}"`);
  const policy = paths.policy === undefined
    ? undefined
    : await parsePolicy(await files.read(paths.policy), paths.policy);
  if (paths.trace === undefined) {
    if (!intent) throw missingOption("intent");
    return await callWithoutTrace(intent, policy);
  }
  const trace = await files.read(paths.trace, MAX_TRACE_BYTES);
  const trusted = await loadTrustedKeys(sources, effects);
  return await readStoppedCall(trace, trusted, {
    ...(intent ? { intent } : {}),
    ...(policy ? { policy } : {}),
  });
}

/** The stopped call for people. */
export function stoppedCallLines(call: StoppedCall): Line[] {
  const { intent, evaluation } = call;
  return [
    ...columns([
      ["tool", `${call.toolName}${runsCode(call.toolName) ? RUNS_CODE : ""}`],
      ...(intent ? [["asked by", intent.context.identity] as const] : []),
      ...(call.requester === undefined ? [] : [["on behalf of", call.requester] as const]),
      ["arguments", `sha256:${call.argsDigest}`],
      // The approval covers the whole call, so everything that its digest covers is shown.
      ...(intent ? callRows(encodeIntentForDigest(intent)) : []),
      ...(evaluation
        ? [
          ["rule", evaluation.matchedRule || "none matched: the default verdict"] as const,
          ["reasons", evaluation.reasonCodes.join(", ")] as const,
          ["approvals", `${Math.max(1, evaluation.minApprovals)} needed`] as const,
        ]
        : []),
      ...(call.verdict === undefined ? [] : [["verdict", call.verdict] as const]),
      ...(call.violations.length === 0 ? [] : [["violations", call.violations.join(", ")] as const]),
      ["intent", call.intentDigest],
      ...(call.policyDigest === undefined ? [] : [["policy", call.policyDigest] as const]),
      ...(call.trace === undefined ? [] : [["trace", `${call.trace.id}  ${call.trace.observedAt}`] as const]),
    ]),
    ...originLines(call),
    ...(intent
      ? []
      : [line(warn("not shown"), ": the trace has no targets; give --intent to see what would happen")]),
  ];
}

function originLines({ trace }: StoppedCall): Line[] {
  if (trace === undefined) return [];
  return [
    trace.verifiedBy === undefined
      ? line(warn("unverified"), ": no trusted key verifies this trace; give --trace-public-key")
      : line(`trace signed by ${trace.verifiedBy}`),
  ];
}

/** The stopped call as JSON. */
export function stoppedCallJson(
  { toolName, trace, intent, evaluation }: StoppedCall,
): JsonObject {
  return {
    tool_name: toolName,
    ...(trace === undefined ? {} : {
      trace_id: trace.id,
      trace_signature: trace.verifiedBy === undefined ? "unverified" : "verified",
    }),
    ...(intent ? { call: encodeIntentForDigest(intent) } : {}),
    ...(evaluation
      ? {
        evaluation: {
          verdict: evaluation.verdict,
          matched_rule: evaluation.matchedRule,
          reason_codes: [...evaluation.reasonCodes],
          violations: [...evaluation.violations],
          required_approvals: Math.max(1, evaluation.minApprovals),
        },
      }
      : {}),
  };
}

/**
 * Ask for confirmation. Without a terminal and without --yes nothing is signed.
 *
 * @throws {GaitError} `unsafe_operation` without a terminal, `approval_required` when the answer is no
 */
export async function confirm(lines: readonly Line[], yes: boolean, effects: Effects): Promise<void> {
  if (yes) return;
  if (!effects.isTerminal()) {
    throw unsafeOperation("Cannot approve: no terminal to confirm the call on", {
      hint: "Run it on a terminal, or give --yes after looking at the call",
    });
  }
  const shown = lines.map((spans) => spans.map(({ text }) => escapeControls(text)).join("") + "\n").join("");
  const answer = await effects.ask(`About to approve:\n${shown}Sign? [y/N] `);
  if (!/^(y|yes)$/i.test(answer)) {
    throw new GaitError("approval_required", "Not approved: nothing was signed", {
      hint: "Answer y to sign",
    });
  }
}
