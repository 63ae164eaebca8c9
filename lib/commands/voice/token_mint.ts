import type { Files } from "../../effects/mod.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { sameFileAmong } from "../../session/paths.ts";
import type { Decision } from "../../gate/decide.ts";
import { loadGate } from "../../gate/load.ts";
import { tokenFiles } from "../../tokens/given_token.ts";
import { checkRoom, checkTokenPath, writeToken } from "../../tokens/write_token.ts";
import { checkRecordPaths, writeRecords } from "../../gate/trace/write.ts";
import { VOICE_SCHEMA_ID } from "../../schema/voice/layout.ts";
import type { CommitmentIntent } from "../../schema/voice/commitment_intent.ts";
import { formatPublicKey, sha256 } from "../../signing/mod.ts";
import { readCommitment } from "../../voice/commitment.ts";
import { askToSpeak } from "../../voice/ask.ts";
import { bool, defineCommand, demand, path, paths, required, trimmed } from "../define.ts";
import { duration } from "../duration_flag.ts";
import { defaultsOf, GATE_FLAG_OF, keepNeeds, tokenPaths } from "../gate/flags.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { mintKeyFlags } from "../key_flags.ts";
import { compact, failure, success } from "../outcome.ts";
import { speechFlags, speechGateOptions } from "./gate_options.ts";
import { bindingOf, mintedLines, refusedLines } from "./report.ts";

/** `gait voice token mint` (docs/spec/voice.md section 3). */
export default defineCommand({
  explain:
    "Decides by a policy whether a binding sentence may be spoken, and signs a short-lived token if so.",
  flags: {
    intent: required(path("file", "the commitment that the agent is about to make")),
    policy: required(path("file", "the policy")),
    ttl: duration("lifetime of the token", { default: "2m" }),
    out: path("file", "where the token goes (default: say_token_<token_id>.json)"),
    "trace-out": path("file", "where the signed trace goes (default: trace_<trace_id>.json)"),
    strict: bool(
      "hold the commitment to what it says about approvals: approval_required, approval_artifact_refs",
    ),
    "approval-artifact": demand(paths(
      "files",
      "with --strict: the approvals that the commitment names by their SHA-256, separated by commas",
    )),
    ...mintKeyFlags,
    ...speechFlags,
  },
  flagOf: GATE_FLAG_OF,
  flagsFirst: true,
  needs: { read: true, write: true, run: true, env: true },
  errorFields: { operation: "mint" },
  examples: [
    "gait voice token mint --intent refund.json --policy policy.yaml --key-mode prod --private-key gait.key",
    "gait voice token mint --intent refund.json --policy policy.yaml --approval-token approval.json " +
    "--approval-public-key lead_public.key --key-mode prod --private-key gait.key",
  ],
  async run({ flags, effects: given, version, correlationId, narrow }) {
    const { effects, read } = noteReads(given);
    const commitment = readCommitment(await effects.files.read(flags.intent), `commitment "${flags.intent}"`);
    const defaults = await defaultsOf(flags, effects.files);
    const options = speechGateOptions(flags, defaults);
    keepNeeds(options, narrow);
    const approvalArtifacts = await artifactsOf(flags, effects.files);
    const { gate, warnings, devKey } = await loadGate(options, effects, version);
    const [out, trace] = [trimmed(flags.out), trimmed(flags["trace-out"])];
    checkRecordPaths({ trace });
    const approvalPaths = tokenPaths(flags["approval-token"], flags["approval-token-chain"]);
    await checkOutputs(out, trace, [...read, ...approvalPaths], effects.files);
    await checkRoom(effects, out ?? ".");
    const { decision, paths, minted, notes } = await askToSpeak(
      gate,
      {
        commitment,
        ttl: flags.ttl,
        approvals: tokenFiles(approvalPaths, effects.files),
        correlationId: await correlationId(),
        approvalArtifacts,
      },
      effects,
      (decision) => writeRecords(effects.files, decision, { trace }),
    );
    const fields = {
      operation: "mint",
      ...describe(commitment.commitment, decision),
      ...compact({
        trace_path: paths.trace,
        approval_audit_path: paths.approvalAudit,
        credential_evidence_path: paths.credential,
        kept_records: [...paths.kept],
        notes,
      }),
    };
    if (!minted) return { ...failure(refusal(decision), fields), lines: refusedLines(decision, paths.trace) };
    const { token, file } = minted;
    const path = out ?? `say_token_${token.token_id}.json`;
    const { keptAs } = await writeToken(effects.files, path, file, SAY_TOKEN);
    return success({
      ...fields,
      ...compact({ kept_records: [...paths.kept, ...keptAs === undefined ? [] : [keptAs]] }),
      token_id: token.token_id,
      token_path: path,
      binding: bindingOf(token),
      key_id: gate.key.public.id,
      // `warnings` are about the key only, as other programs expect; further ones are in `notes`.
      ...compact({
        approval_ref: decision.outcome.approvalRef,
        // A fresh key is not stored, so without this its signature could never be verified.
        public_key: devKey ? formatPublicKey(gate.key.public).trim() : undefined,
        warnings,
      }),
    }, mintedLines(path, token, [...warnings, ...notes]));
  },
});

/** Maximum size of the file of an approval. */
const MAX_ARTIFACT_BYTES = 64 * 1024 * 1024;

const SAY_TOKEN = { kind: VOICE_SCHEMA_ID.sayToken, olderGoes: "aside" } as const;

/** Token and trace are evidence: neither may replace the other, an input or the key. Default names are unique. */
async function checkOutputs(
  token: string | undefined,
  trace: string | undefined,
  inputs: readonly string[],
  files: Files,
): Promise<void> {
  for (const path of [token, trace]) if (path !== undefined) await keepInputs(files, path, inputs);
  if (token !== undefined) await checkTokenPath(files, token, SAY_TOKEN);
  if (token !== undefined && trace !== undefined && await sameFileAmong(files, token, [trace])) {
    throw invalidInput("Cannot write token and trace to the same file");
  }
}

/** The digests of the given approvals; `undefined` unless the commitment is held to what it says of them. */
async function artifactsOf(
  { strict, "approval-artifact": paths }: { strict: boolean; "approval-artifact": readonly string[] },
  files: Files,
): Promise<ReadonlySet<string> | undefined> {
  if (!strict && paths.length > 0) {
    throw invalidInput("Cannot use --approval-artifact without --strict", { hint: "Add --strict" });
  }
  if (!strict) return undefined;
  const digests = new Set<string>();
  for (const path of paths) digests.add(await sha256(await files.read(path, MAX_ARTIFACT_BYTES)));
  return digests;
}

/** Commitment and decision as JSON (docs/spec/voice.md 1.1). */
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
      call_seq,
      commitment_class,
    }),
    turn_index,
  };
}

/** The error for a refused sentence. */
function refusal({ outcome, intentDigest, policyDigest, requiredScope = [] }: Decision): GaitError {
  if (outcome.verdict !== "require_approval") {
    return new GaitError(
      "policy_blocked",
      `The verdict is ${outcome.verdict}: the sentence may not be spoken`,
    );
  }
  return new GaitError("approval_required", "The policy requires approval for this sentence", {
    hint:
      `Sign an approval, then give it with --approval-token: gait approve --intent-digest ${intentDigest} ` +
      `--policy-digest ${policyDigest} --scope ${requiredScope.join(",")} --ttl 10m --approver <who> ` +
      "--reason-code <why> --key-mode prod --private-key <key>",
  });
}
