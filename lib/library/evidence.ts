import { buildRunPack } from "../pack/build_run.ts";
import { proveItVerifies } from "../pack/prove.ts";
import type { SealedPack, SealOptions } from "../pack/seal.ts";
import type { PackReport, VerifyPackOptions } from "../pack/report.ts";
import { verifyPack as provePack } from "../pack/verify.ts";
import {
  type RunpackReport,
  verifyRunpack as proveRunpack,
  type VerifyRunpackOptions,
} from "../runpack/verify.ts";
import { utf8 } from "../formats/bytes.ts";
import { type TraceReport, verifyTrace as proveTrace } from "../gate/trace/verify.ts";
import type { TrustedKeys } from "../signing/mod.ts";
import { VERSION } from "../version.ts";
import { checkBytes, checkOptions, checkTextOrBytes, checkTrustedKeys, type Shape } from "./arguments.ts";
import { withLibraryErrors } from "./errors.ts";

const VERIFY_RUNPACK_OPTIONS: Shape<VerifyRunpackOptions> = {
  trusted: "trusted keys",
  requireSignature: "switch",
};
const VERIFY_PACK_OPTIONS: Shape<VerifyPackOptions> = {
  ...VERIFY_RUNPACK_OPTIONS,
  strict: "switch",
  requireProof: "switch",
  requireAuthorization: "switch",
  policies: "texts",
  grants: {
    trace: "public key",
    approval: "public key",
    approvers: "public keys",
    delegation: "public key",
  },
};
const PACK_OPTIONS: Shape<SealOptions> = { key: "private key" };

/**
 * Verify the bytes of a runpack: every digest, and the signatures by `trusted`.
 *
 * @param bytes the whole archive
 * @returns the report; the evidence is valid only if `ok` is true
 * @throws {GaitError} `invalid_input` when the archive can't be read as a runpack, `verification_failed` when it is
 * ambiguous
 */
export async function verifyRunpack(
  bytes: Uint8Array<ArrayBuffer>,
  options: VerifyRunpackOptions = {},
): Promise<RunpackReport> {
  checkBytes("runpack", bytes);
  checkOptions("the demands", options, VERIFY_RUNPACK_OPTIONS);
  return await withLibraryErrors(() => proveRunpack(bytes, options));
}

/**
 * Build a pack of a runpack: one file with all its evidence, which verifies offline.
 *
 * @param runpack the whole archive
 * @throws {GaitError} `invalid_input` when the runpack is damaged, `verification_failed` when it is ambiguous
 */
export async function buildPack(
  runpack: Uint8Array<ArrayBuffer>,
  options: SealOptions = {},
): Promise<SealedPack> {
  checkBytes("runpack", runpack);
  checkOptions("options", options, PACK_OPTIONS);
  return await withLibraryErrors(async () =>
    await proveItVerifies((await buildRunPack(runpack, VERSION, options.key)).pack)
  );
}

/**
 * Verify the bytes of a pack, including the artifacts inside.
 *
 * @example
 * ```ts
 * import { buildPack, generateKey, recordRun, verifyPack } from "@gait/gait";
 *
 * const key = await generateKey();
 * const { bytes: runpack } = await recordRun({ run: { run_id: "run_42" }, intents: [], results: [] });
 * const { bytes } = await buildPack(runpack, { key });
 *
 * const report = await verifyPack(bytes, { trusted: { source: "flag", key: key.public }, requireSignature: true });
 * if (!report.ok) throw new Error("Evidence does not hold");
 * ```
 *
 * @param bytes the whole archive
 * @returns the report; the evidence is valid only if `ok` is true
 * @throws {GaitError} `invalid_input` when they are no pack at all, `verification_failed` when the pack breaks a
 * contract that leaves nothing to report on
 */
export async function verifyPack(
  bytes: Uint8Array<ArrayBuffer>,
  demands: VerifyPackOptions = {},
): Promise<PackReport> {
  checkBytes("pack", bytes);
  checkOptions("the demands", demands, VERIFY_PACK_OPTIONS);
  return await withLibraryErrors(() => provePack(bytes, demands));
}

/**
 * Verify the signature of a trace of the gate.
 *
 * @param trace the record as its file holds it
 * @param trusted the trusted keys, e.g. `{ source: "flag", key }` or {@linkcode loadTrustStore}
 * @returns the report; the trace is authentic only if `ok` is true
 * @throws {GaitError} `invalid_input` when it is not a trace record, or `trusted` holds no key
 */
export async function verifyTrace(trace: string | Uint8Array, trusted: TrustedKeys): Promise<TraceReport> {
  checkTextOrBytes("trace", trace);
  checkTrustedKeys(trusted);
  return await withLibraryErrors(() => proveTrace(typeof trace === "string" ? utf8(trace) : trace, trusted));
}
