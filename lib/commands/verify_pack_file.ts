import { looksLikePack } from "../pack/source_runpack.ts";
import { verifyPack } from "../pack/verify.ts";
import type { VerifyPackOptions } from "../pack/report.ts";
import { EXIT, invalidInput } from "../errors/mod.ts";
import { pathArgument } from "../formats/shell.ts";
import { type Outcome, verdict } from "./outcome.ts";
import { packFields } from "./pack/flags.ts";
import { describePackReport, encodeIdentity, encodePackReport } from "./pack/report.ts";

/** The types of packs that have a command of their own, and no run to speak of. */
const REFUSED: ReadonlyMap<string, { kind: string; command: string }> = new Map([
  ["job", { kind: "a pack of a job", command: "pack" }],
  ["guard", { kind: "an evidence pack", command: "guard" }],
]);

/**
 * The outcome of `gait pack verify` for a file that is a pack; `undefined` for any other file. Packs of jobs and
 * evidence packs are refused (compatibility: as the existing program does, docs/spec/job.md 9, guard.md 4).
 *
 * @throws {GaitError} `invalid_input` for a pack of a job and an evidence pack
 */
export async function verifyPackFile(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  demands: VerifyPackOptions,
): Promise<Outcome | undefined> {
  if (!looksLikePack(bytes)) return undefined;
  const report = await verifyPack(bytes, demands);
  const other = REFUSED.get(report.packType);
  if (other) {
    throw invalidInput(`Cannot verify "${path}" as a run: it is ${other.kind}`, {
      hint: `gait ${other.command} verify ${pathArgument(path)}`,
    });
  }
  return verdict(
    report.ok,
    EXIT.verificationFailed,
    { ...packFields("verify"), path, ...encodeIdentity(report), verify: encodePackReport(report) },
    await describePackReport(path, report),
  );
}
