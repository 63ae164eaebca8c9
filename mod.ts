/**
 * Gait as a library: record runs as signed evidence and verify them, in process. The same code as the `gait`
 * executable, the same bytes and the same answers.
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
export { readRunpack, type Runpack } from "./lib/evidence/runpack/read.ts";
export { type RecordOptions, recordRun, type RecordSurroundings } from "./lib/evidence/runpack/record.ts";
export { readRecordInput } from "./lib/evidence/runpack/record_input.ts";
export { type DiffPrivacy, diffRunpacks, type DiffSummary, isChanged } from "./lib/evidence/runpack/diff.ts";
export { type Replay, replayRun, type ReplayStep } from "./lib/evidence/runpack/replay.ts";
export { VERSION } from "./lib/version.ts";
