import type { Files } from "../../effects/mod.ts";
import { decide, type Decision, type Gate } from "../../gate/decide.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { decideAndRecord } from "../../gate/answer.ts";
import { inOrder } from "../../gate/in_order.ts";
import { parseIntent } from "../../intent/parse.ts";
import type { Intent } from "../../intent/types.ts";
import { enrichmentOf } from "../../gate/evaluate_call.ts";
import { loadEnvelope, loadGate } from "../../gate/load.ts";
import { checkRecordPaths, writeRecords } from "../../gate/trace/write.ts";
import { bool, defineCommand, path, required, text, trimmed } from "../define.ts";
import { decided } from "../outcome.ts";
import { withMigration } from "../policy/migration.ts";
import type { Line } from "../text.ts";
import {
  defaultsOf,
  GATE_FLAG_OF,
  gateFlags,
  gateOptions,
  givenTokens,
  keepNeeds,
  tokenFlags,
} from "./flags.ts";
import { decisionLines, describeDecision } from "./report.ts";

/** `gait gate eval` (docs/spec/gate.md section 4). */
export default defineCommand({
  explain:
    "Decides by a policy whether a tool call may happen, counts it, and writes a signed trace of the decision.",
  flags: {
    ...gateFlags,
    intent: required(path("file", "the call to decide")),
    "context-envelope": path("file", "evidence of the context of the call"),
    "trace-out": path("file", "where the signed trace goes (default: trace_<trace_id>.json)"),
    "explain-decision": bool("show which rules matched, which came close, and what would change the verdict"),
    ...tokenFlags,
    "approval-token-ref": text(
      "text",
      "reference to an approval in another system; recorded, grants nothing",
    ),
    "approval-audit-out": path("file", "where the audit record of approvals goes"),
    "credential-evidence-out": path("file", "where the record of an issued credential goes"),
    "delegation-audit-out": path("file", "where the audit record of delegations goes"),
  },
  flagOf: GATE_FLAG_OF,
  flagsFirst: true,
  needs: { read: true, write: true, run: true, env: true },
  examples: [
    "gait gate eval --policy policy.yaml --intent intent.json",
    "gait gate eval --policy policy.yaml --intent intent.json --key-mode prod --private-key gait.key --json",
    "gait gate eval --policy policy.yaml --intent intent.json --explain-decision",
    "gait gate eval --policy policy.yaml --intent intent.json --simulate",
    "gait gate eval --policy policy.yaml --intent intent.json --approval-token approval.json " +
    "--approval-public-key team_public.key",
  ],
  run: ({ flags, effects: given, version, correlationId, narrow }) =>
    withMigration(async () => {
      const defaults = await defaultsOf(flags, given.files);
      const options = gateOptions(flags, defaults);
      keepNeeds(options, narrow);
      const givenPaths = {
        trace: flags["trace-out"] ?? defaults.trace_path,
        approvalAudit: trimmed(flags["approval-audit-out"]),
        credential: trimmed(flags["credential-evidence-out"]) ?? defaults.credential_evidence_path,
        delegationAudit: trimmed(flags["delegation-audit-out"]),
      };
      const outputs = Object.values(givenPaths).some((path) => path !== undefined)
        ? (await import("./outputs.ts")).guardOutputs(givenPaths, given)
        : undefined;
      const effects = outputs?.effects ?? given;
      const envelopePath = flags["context-envelope"];
      const [{ gate, warnings: setUp, devKey }, intent, envelope, correlation] = await inOrder([
        loadGate(options, effects, version),
        readIntent(flags.intent, effects.files),
        envelopePath === undefined ? Promise.resolve(undefined) : loadEnvelope(envelopePath, effects.files),
        correlationId(),
      ]);
      checkRecordPaths(givenPaths);
      // Project defaults were read before; counters and tokens are read only when a decision depends on them.
      const tokens = givenTokens(flags, effects.files);
      const tokenNames = [...tokens.approvals, ...tokens.delegations].map(({ name }) => name);
      await outputs?.keepApart([flags.config, gate.limitsPath, ...tokenNames]);
      const call = {
        intent,
        approvalRef: trimmed(flags["approval-token-ref"]),
        ...tokens,
        correlationId: correlation,
        ...(envelope ? { envelope } : {}),
      };
      const { decision, exit, paths } = await decideAndRecord(
        decide(gate, call, effects),
        (decision) => writeRecords(effects.files, decision, givenPaths),
      );
      const warnings = [...setUp, ...decision.warnings];
      const explained = flags["explain-decision"] ? await explain(gate, decision) : { json: {}, lines: [] };
      return decided(
        exit,
        { ...describeDecision(decision, gate.profile, paths, warnings), ...explained.json },
        decisionLines(decision, {
          paths,
          warnings,
          devKey,
          explanation: explained.lines,
          rejected: await whyRejected(decision.outcome.reasonCodes),
          policy: options.policy,
          intent: flags.intent,
        }),
      );
    }),
});

/** Why the given tokens do not count; the words are loaded only where one doesn't. */
async function whyRejected(codes: readonly string[]): Promise<string[]> {
  if (!codes.some((code) => code.includes("_token_") && !code.endsWith("_missing"))) return [];
  return (await import("../../tokens/rejected.ts")).whyRejected(codes);
}

async function readIntent(path: string, files: Files): Promise<Intent> {
  return await parseIntent(await files.read(path), `intent "${path}"`);
}

/** Explain a decision; the code for it is loaded only on demand. */
async function explain(
  gate: Gate,
  { intent, evaluation }: Decision,
): Promise<{ json: JsonObject; lines: Line[] }> {
  const [{ explainDecision }, { encodeExplanation }, { explanationLines }] = await Promise.all([
    import("../../evaluate/explain/explain.ts"),
    import("../../evaluate/explain/encode.ts"),
    import("./explanation_lines.ts"),
  ]);
  const explanation = explainDecision(gate.compiled, intent, evaluation, enrichmentOf(gate));
  return { json: { explanation: encodeExplanation(explanation) }, lines: explanationLines(explanation) };
}
