import type { Files } from "../../effects/mod.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { sameFileAmong } from "../../session/paths.ts";
import { decide, type Decision } from "../../gate/decide.ts";
import { loadGate } from "../../gate/load.ts";
import { set, trim } from "../../formats/text.ts";
import { tokenFiles } from "../../tokens/given_token.ts";
import { writeToken } from "../../tokens/sealed.ts";
import { checkRecordPaths, writeRecords } from "../../gate/trace/write.ts";
import type { CommitmentIntent } from "../../schema/voice/commitment_intent.ts";
import { formatPublicKey } from "../../signing/mod.ts";
import { readCommitment } from "../../voice/commitment.ts";
import { gateIntentOf, mintSayToken } from "../../voice/mint.ts";
import { blankText, defineCommand } from "../define.ts";
import { duration } from "../duration_flag.ts";
import { defaultsOf } from "../gate/flags.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { mintKeyFlags } from "../key_flags.ts";
import { ttlWarnings } from "../mint_flags.ts";
import { compact, failure, success } from "../outcome.ts";
import { approvalFlags, gateSettingsOf } from "./gate_settings.ts";
import { bindingOf, mintedLines, unsaidLines } from "./report.ts";

/** `gait voice token mint` (docs/spec/voice.md section 3). */
export default defineCommand({
  explain: "Asks the policy whether a binding sentence may be spoken, and signs a short-lived token if so.",
  flags: {
    intent: blankText("file", "what the agent is about to promise"),
    policy: blankText("file", "the policy"),
    ttl: duration("how long the token holds", { default: "2m" }),
    out: blankText("file", "where the token goes (default say_token_<token_id>.json)"),
    "trace-out": blankText("file", "where the signed trace goes (default trace_<trace_id>.json)"),
    ...mintKeyFlags,
    ...approvalFlags,
  },
  flagsFirst: true,
  needs: { read: true, write: true, env: true },
  errorFields: { operation: "mint" },
  examples: [
    "gait voice token mint --intent refund.json --policy policy.yaml --key-mode prod --private-key gait.key",
    "gait voice token mint --intent refund.json --policy policy.yaml --approval-token approval.json " +
    "--approval-public-key lead_public.key --key-mode prod --private-key gait.key",
  ],
  async run({ flags, effects: given, version, correlationId }) {
    const { effects, read } = noteReads(given);
    for (const name of ["intent", "policy"] as const) {
      if (trim(flags[name]) === "") throw invalidInput(`Missing --${name}`);
    }
    const what = `commitment "${flags.intent}"`;
    const { commitment, notes: leftOut } = readCommitment(await effects.files.read(flags.intent), what);
    const defaults = await defaultsOf(flags, effects.files);
    const { gate, warnings, devKey } = await loadGate(gateSettingsOf(flags, defaults, version), effects);
    const recordPaths = {
      trace: trim(flags["trace-out"]),
      approvalAudit: "",
      credential: "",
      delegationAudit: "",
    };
    checkRecordPaths(recordPaths);
    const approvalPaths = set([flags["approval-token"], ...flags["approval-token-chain"].split(",")]);
    await checkOutputs(trim(flags.out), recordPaths.trace, [...read, ...approvalPaths], effects.files);
    const approvals = tokenFiles(approvalPaths, effects.files);
    const call = {
      intent: await gateIntentOf(commitment),
      approvalRef: "",
      approvals,
      // Without a token the trace says what the policy says, as that of the existing program does.
      withoutApprovals: approvals.length === 0,
      correlationId: await correlationId(),
    };
    const decision = await decide(gate, call, effects);
    // INVARIANT: no token without its trace. A record of approvals belongs to a decision that somebody was asked for.
    const { approvalAudit: _, ...bare } = decision;
    const paths = await writeRecords(effects.files, approvals.length === 0 ? bare : decision, recordPaths);

    // `warnings` speak of the key alone, as other programs expect; what else is odd stands beside them.
    const unheeded = commitment.approval_required === true && decision.outcome.approvalRef === "";
    const notes = [
      ...decision.warnings,
      ...ttlWarnings(flags.ttl),
      ...leftOut,
      ...(unheeded ? ["the commitment says approval_required, but nobody approved it"] : []),
    ];
    const fields = {
      operation: "mint",
      ...describe(commitment, decision),
      trace_path: paths.trace,
      ...compact({ approval_audit_path: paths.approvalAudit, kept_records: [...paths.kept], notes }),
    };
    const refused = refusal(decision);
    if (refused) return { ...failure(refused, fields), lines: unsaidLines(decision, paths.trace) };
    const digests = { intentDigest: decision.intentDigest, policyDigest: decision.policyDigest };
    const order = { commitment, ...digests, ttl: flags.ttl, now: effects.now(), producerVersion: version };
    const { token, file } = await mintSayToken(order, gate.key);
    const path = trim(flags.out) || `say_token_${token.token_id}.json`;
    await writeToken(effects.files, path, file);
    return success({
      ...fields,
      token_id: token.token_id,
      token_path: path,
      binding: bindingOf(token),
      key_id: gate.key.public.id,
      ...compact({
        approval_ref: decision.outcome.approvalRef,
        // Nobody else knows a fresh key, so without this nothing could ever check its signature.
        public_key: devKey ? formatPublicKey(gate.key.public).trim() : "",
        warnings,
      }),
    }, mintedLines(path, token, [...warnings, ...notes]));
  },
});

/** Token and trace are evidence both: neither replaces the other, an input or the key. Empty paths have names of their own. */
async function checkOutputs(
  token: string,
  trace: string,
  inputs: readonly string[],
  files: Files,
): Promise<void> {
  for (const path of [token, trace]) if (path !== "") await keepInputs(files, path, inputs);
  if (token !== "" && trace !== "" && await sameFileAmong(files, token, [trace])) {
    throw invalidInput("Cannot write token and trace to the same file");
  }
}

/** What was decided about what; a place 0 in the call is left out (docs/spec/voice.md 1.1). */
function describe(commitment: CommitmentIntent, decision: Decision) {
  const { call_id, turn_index, call_seq, commitment_class } = commitment;
  const { outcome, traceId, policyDigest, intentDigest } = decision;
  return {
    verdict: outcome.verdict,
    trace_id: traceId,
    policy_digest: policyDigest,
    intent_digest: intentDigest,
    ...compact({
      reason_codes: [...outcome.reasonCodes],
      violations: [...outcome.violations],
      call_id,
      turn_index,
      call_seq,
      commitment_class,
    }),
  };
}

/** Why there is no token. Only `allow` gives one; whatever else a gate may say some day does not. */
function refusal(
  { outcome, intentDigest, policyDigest, requiredScope = [] }: Decision,
): GaitError | undefined {
  switch (outcome.verdict) {
    case "allow":
      return undefined;
    case "require_approval":
      return new GaitError("approval_required", "The policy wants a person's approval for this sentence", {
        hint: `Sign one, then give it by --approval-token: gait approve --intent-digest ${intentDigest} ` +
          `--policy-digest ${policyDigest} --scope ${requiredScope.join(",")} --ttl 10m --approver <who> ` +
          "--reason-code <why> --key-mode prod --private-key <key>",
      });
    default:
      return new GaitError(
        "policy_blocked",
        `The policy says ${outcome.verdict}: the sentence may not be spoken`,
      );
  }
}
