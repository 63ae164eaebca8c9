import { looksLikePack } from "../pack/source_runpack.ts";
import { verifyPack } from "../pack/verify.ts";
import type { VerifyPackOptions } from "../pack/report.ts";
import { EXIT } from "../errors/mod.ts";
import { type Outcome, verdict } from "./outcome.ts";
import { packFields } from "./pack/flags.ts";
import { describePackReport, encodeIdentity, encodePackReport } from "./pack/report.ts";

/** The outcome for a file that is a pack, as of `gait pack verify`; nothing for any other file. */
export async function verifyPackFile(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  demands: VerifyPackOptions,
): Promise<Outcome | undefined> {
  if (!looksLikePack(bytes)) return undefined;
  const report = await verifyPack(bytes, demands);
  return verdict(
    report.ok,
    EXIT.verificationFailed,
    { ...packFields("verify"), path, ...encodeIdentity(report), verify: encodePackReport(report) },
    describePackReport(path, report),
  );
}
