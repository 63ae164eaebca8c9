/**
 * Gait as a library: decide calls by a policy, record runs as signed evidence, and verify both, in process. The same
 * code as the `gait` executable, the same bytes and the same answers.
 *
 * @example Ask before a call
 * ```ts ignore
 * import { openGate } from "@gait/gait";
 *
 * const gate = await openGate({
 *   policy: "policy.yaml",
 *   keys: { signing: { file: "gait_private.key" } },
 *   traceDir: "traces",
 * });
 * const { verdict, reasonCodes } = await gate.decide({
 *   tool_name: "fs.delete",
 *   targets: [{ kind: "path", value: "/srv/data", operation: "delete" }],
 *   context: { identity: "agent-7", workspace: "/srv", risk_class: "high" },
 * });
 * if (verdict !== "allow") throw new Error(`Not allowed: ${reasonCodes.join(", ")}`);
 * await gate.close();
 * ```
 *
 * @example Verify a runpack
 * ```ts ignore
 * import { parsePublicKey, verifyRunpack } from "@gait/gait";
 *
 * const key = await parsePublicKey(await Deno.readTextFile("team_public.key"));
 * const report = await verifyRunpack(await Deno.readFile("runpack_run_demo.zip"), {
 *   trusted: { source: "flag", key },
 *   requireSignature: true,
 * });
 * if (!report.ok) throw new Error("Evidence does not hold");
 * ```
 *
 * @module
 */
import { realWorld } from "./lib/effects/mod.ts";
import { type EmbeddedGate, embedGate, type GateOptions } from "./lib/gate/embed.ts";
import { VERSION } from "./lib/version.ts";

/**
 * Open a gate in this process.
 *
 * @throws {GaitError} `invalid_input` for a policy, key, profile or path that can't be used
 */
export async function openGate(options: GateOptions): Promise<EmbeddedGate> {
  return await embedGate(options, realWorld(), VERSION);
}

export type { IntentRequest } from "./lib/schema/intent.ts";
export type { CallOptions, EmbeddedGate, GateDecision, GateOptions, KeySource } from "./lib/gate/embed.ts";
export { type Verdict, VERDICTS } from "./lib/gate/verdict.ts";
export {
  canonicalBytes,
  canonicalize,
  type JsonObject,
  type JsonValue,
  readJson,
} from "./lib/formats/json/mod.ts";
export { type ErrorCode, EXIT, type ExitStatus, GaitError } from "./lib/errors/mod.ts";
export {
  type Digest,
  digestOf,
  formatPrivateKey,
  formatPublicKey,
  keyFromSeed,
  type KeyId,
  parsePrivateKey,
  parsePublicKey,
  type PrivateKey,
  type PublicKey,
  sha256,
  type SignatureReport,
  type TrustedKeys,
} from "./lib/signing/mod.ts";
export { type Asked, type RunpackReport, verifyRunpack } from "./lib/evidence/runpack/verify.ts";
export { type PackDemands, verifyPack } from "./lib/evidence/pack/verify.ts";
export type { Finding, PackReport } from "./lib/evidence/pack/report.ts";
export { readRunpack, type Runpack } from "./lib/evidence/runpack/read.ts";
export { type RecordOptions, recordRun, type RecordSurroundings } from "./lib/evidence/runpack/record.ts";
export { readRecordInput } from "./lib/evidence/runpack/record_input.ts";
export { type DiffPrivacy, diffRunpacks, type DiffSummary, isChanged } from "./lib/evidence/runpack/diff.ts";
export { type Replay, replayRun, type ReplayStep } from "./lib/evidence/runpack/replay.ts";
export { VERSION };
