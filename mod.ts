/**
 * Gait as a library: decide calls by a policy, record runs as signed evidence, and verify both, in process. The same
 * code as the `gait` executable, the same bytes and the same answers. The examples here and at the functions run with
 * `deno test --doc --no-check -A mod.ts lib/library`.
 *
 * @example Put the gate in front of a function
 * ```ts
 * import { guardTool, openGate, RefusedError } from "@gait/gait";
 *
 * const folder = await Deno.makeTempDir();
 * const policy = `${folder}/policy.yaml`;
 * await Deno.writeTextFile(
 *   policy,
 *   "default_verdict: block\nrules: [{ name: reads, effect: allow, match: { tool_names: [fs.read] } }]\n",
 * );
 *
 * const gate = await openGate({ policy, traceDir: `${folder}/traces` });
 * const context = { identity: "agent-7", workspace: "/srv", risk_class: "high" };
 * const path = policy;
 * const read = guardTool(gate, { name: "fs.read", context }, (args: { path: string }) => Deno.readTextFile(args.path));
 * const remove = guardTool(gate, { name: "fs.delete", context }, (args: { path: string }) => Deno.remove(args.path));
 *
 * console.log(await read({ path }));
 * const refused = await remove({ path }).catch((error) => error);
 * if (!(refused instanceof RefusedError)) throw new Error("Expected a refusal");
 * await gate.close();
 * ```
 *
 * @example Record a run, and verify the evidence
 * ```ts
 * import { generateKey, recordRun, verifyRunpack } from "@gait/gait";
 *
 * const key = await generateKey();
 * const run = {
 *   run: { run_id: "run_42" },
 *   intents: [{ intent_id: "i1", tool_name: "fs.read", args: { path: "/srv/data" } }],
 *   results: [{ intent_id: "i1", status: "ok", result: { lines: 3 } }],
 * };
 * const { bytes } = await recordRun(run, {}, { key }); // the content of runpack_run_42.zip
 *
 * const demands = { trusted: { source: "flag", key: key.public }, requireSignature: true } as const;
 * const report = await verifyRunpack(bytes, demands);
 * if (!report.ok) throw new Error("Evidence does not hold");
 * ```
 *
 * Every function that fails throws a {@linkcode GaitError}; its `code` tells the kind. Needed permissions stand with
 * each function. More in docs/library.md.
 *
 * @module
 */
export { type Gate, openGate, type OpenGateOptions } from "./lib/library/gate.ts";
export type { CallResult, ClosedGate, Reported } from "./lib/gate/open.ts";
export type { RecordingOptions } from "./lib/runpack/recording/recorded_gate.ts";
export type { CallOptions, GateDecision } from "./lib/gate/embed.ts";
export type { GateOptions, KeySource, VerifyKeySource } from "./lib/gate/options.ts";
export type { BrokerKind, BrokerOptions } from "./lib/gate/broker/config.ts";
export type { Profile } from "./lib/gate/profile/profile.ts";
export type { VerdictExit } from "./lib/gate/decision_outcome.ts";
export { type Verdict, VERDICTS } from "./lib/schema/verdict.ts";
export type {
  ArgumentProvenance,
  EndpointClass,
  IntentCall,
  IntentContext,
  IntentDelegation,
  IntentDelegationLink,
  IntentRequest,
  IntentSkill,
  IntentStep,
  IntentTarget,
  TargetKind,
} from "./lib/library/intent_request.ts";
export type {
  ApprovalRequest,
  CallFacts,
  DecidingGate,
  GuardDecision,
  GuardedCall,
} from "./lib/library/guard/call.ts";
export { type Decided, Guard, type GuardOptions } from "./lib/library/guard/guard.ts";
export { guardTool, type GuardToolOptions } from "./lib/library/guard/guard_tool.ts";
export { RunRecorder } from "./lib/library/guard/recorder.ts";
export { Refusal, RefusedError } from "./lib/library/guard/refusal.ts";
export { openSession, type Session, type SessionEntry, type SessionOptions } from "./lib/library/session.ts";
export { type PolicyAnswer, testPolicy } from "./lib/library/policy.ts";
export { type Approval, mintApproval } from "./lib/library/tokens.ts";
export {
  type Commitment,
  type CommitmentClass,
  mintSayToken,
  type MintSayTokenOptions,
  type SayToken,
  type SpeechDecision,
} from "./lib/library/speech.ts";
export { type SayTokenReport, verifySayToken, type VerifySayTokenOptions } from "./lib/library/say_token.ts";
export type { SayTokenCode } from "./lib/voice/check_say_token.ts";
export type { MintApprovalOptions, MintOptions } from "./lib/tokens/mint.ts";
export { buildPack, verifyPack, verifyRunpack, verifyTrace } from "./lib/library/evidence.ts";
export {
  diffRunpacks,
  type Executor,
  type ImportedRunpack,
  type ImportResult,
  importRun,
  type MadeRunpack,
  readRecordInput,
  readRunpack,
  type RecordedRunpack,
  recordRun,
  replayRun,
} from "./lib/library/runs.ts";
export type { Format, Skipped } from "./lib/conversation/transcript.ts";
export type { ArchiveReport, HashMismatch } from "./lib/runpack/listed_files.ts";
export type { Finding, PackReport } from "./lib/pack/report.ts";
export type { SealedPack, SealOptions } from "./lib/pack/seal.ts";
export type { PackType } from "./lib/schema/pack_layout.ts";
export type { VerifyPackOptions } from "./lib/pack/report.ts";
export type { GrantKeys } from "./lib/pack/authorized/trust.ts";
export type { ContextDrift } from "./lib/runpack/refs.ts";
export { type DiffPrivacy, type DiffSummary, isChanged } from "./lib/runpack/diff.ts";
export type { ImportOptions } from "./lib/conversation/import.ts";
export type { PackingOptions, RecordContext } from "./lib/runpack/record.ts";
export type { CaptureMode, RecordOptions } from "./lib/runpack/record_request.ts";
export type { EvidenceMode } from "./lib/runpack/context.ts";
export type { Replay, ReplayStep } from "./lib/runpack/replay.ts";
export type { StubType } from "./lib/runpack/replay.ts";
export type { RunpackReport, VerifyRunpackOptions } from "./lib/runpack/verify.ts";
export type { TraceReport } from "./lib/gate/trace/verify.ts";
export type {
  Intent,
  Loose,
  Manifest,
  Receipt,
  RecordHead,
  RecordInput,
  RecordRequest,
  Refs,
  Result,
  Run,
  Runpack,
  Sparse,
  TimelineEvent,
} from "./lib/library/records.ts";
export {
  generateKey,
  loadTrustStore,
  parsePrivateKey,
  parsePublicKey,
  trustKey,
} from "./lib/library/keys.ts";
export {
  type Digest,
  digestOf,
  formatPrivateKey,
  formatPublicKey,
  type Hasher,
  keyFromSeed,
  type KeyId,
  type KeyMode,
  NO_KEYS,
  type PrivateKey,
  type PublicKey,
  sha256,
  type SignatureKey,
  type SignatureReport,
  type SignatureTrust,
  type TrustedKey,
  type TrustedKeys,
} from "./lib/signing/mod.ts";
export { parseTime, type Rfc3339, timeOfMillis } from "./lib/formats/time.ts";
export {
  canonicalBytes,
  canonicalize,
  type JsonObject,
  type JsonValue,
  readJson,
  type ReadJsonOptions,
} from "./lib/formats/json/mod.ts";
export { type ErrorCode, type ErrorDetails, EXIT, type ExitStatus, GaitError } from "./lib/errors/mod.ts";
export { VERSION } from "./lib/version.ts";
