/**
 * Gait for Node and Bun: a gate in this process, or one that is asked over `gait gate stream` or a Unix socket; a guard for
 * tools; recording and verifying evidence, sessions, keys, tokens, policies.
 *
 * @module
 */
import "./polyfills.ts";

export { openGate } from "./gate.ts";
export type { ClientCallOptions, ClientGate, ClientGateOptions, GateAnswer } from "./types.ts";
export type {
  ApprovalRequest,
  CallFacts,
  DecidingGate,
  GuardDecision,
  GuardedCall,
} from "../../../lib/library/guard/call.ts";
export { type Decided, Guard, type GuardOptions } from "../../../lib/library/guard/guard.ts";
export { guardTool, type GuardToolOptions } from "../../../lib/library/guard/guard_tool.ts";
export { RunRecorder } from "../../../lib/library/guard/recorder.ts";
export { Refusal, RefusedError } from "../../../lib/library/guard/refusal.ts";
export type { IntentContext, IntentRequest, IntentTarget } from "../../../lib/library/intent_request.ts";
export { type PolicyAnswer, testPolicy } from "../../../lib/library/policy.ts";
export { type Approval, mintApproval } from "../../../lib/library/tokens.ts";
export {
  type Commitment,
  type CommitmentClass,
  mintSayToken,
  type MintSayTokenOptions,
  type SayToken,
  type SayTokenReport,
  type SpeechDecision,
  verifySayToken,
  type VerifySayTokenOptions,
} from "../../../lib/library/speech.ts";
export type { SayTokenCode } from "../../../lib/voice/check_say_token.ts";
export {
  openSession,
  type Session,
  type SessionEntry,
  type SessionOptions,
} from "../../../lib/library/session.ts";
export {
  buildPack,
  diffRunpacks,
  importRun,
  readRecordInput,
  readRunpack,
  recordRun,
  replayRun,
  verifyPack,
  verifyRunpack,
  verifyTrace,
} from "../../../lib/library/evidence.ts";
export { isChanged } from "../../../lib/runpack/diff.ts";
export {
  generateKey,
  loadTrustStore,
  parsePrivateKey,
  parsePublicKey,
  trustKey,
} from "../../../lib/library/keys.ts";
export {
  digestOf,
  formatPrivateKey,
  formatPublicKey,
  keyFromSeed,
  NO_KEYS,
  type PrivateKey,
  type PublicKey,
  sha256,
} from "../../../lib/signing/mod.ts";
export { parseTime, timeOfMillis } from "../../../lib/formats/time.ts";
export {
  canonicalBytes,
  canonicalize,
  type JsonObject,
  type JsonValue,
  readJson,
} from "../../../lib/formats/json/mod.ts";
export { type Verdict, VERDICTS } from "../../../lib/schema/verdict.ts";
export { type ErrorCode, EXIT, GaitError } from "../../../lib/errors/mod.ts";
export { VERSION } from "../../../lib/version.ts";
