import { findPacks } from "../../pack/find_packs.ts";
import { verifyPack } from "../../pack/verify.ts";
import type { VerifyPackOptions } from "../../pack/report.ts";
import type { Effects } from "../../effects/mod.ts";
import { EXIT, GaitError, invalidInput, invalidOption } from "../../errors/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { type Outcome, verdict } from "../outcome.ts";
import { bad, dim, good, type Line, line } from "../text.ts";
import { packFields } from "./flags.ts";
import { encodeIdentity, encodePackReport } from "./report.ts";

/** Default number of packs at a time; digests are computed on other threads. */
const DEFAULT_JOBS = 4;
const MAX_JOBS = 256;

/** Number of packs between two progress messages. */
const STEP = 25;

/** Verify many packs in one call and report on all of them; one failed or unreadable pack fails the command. */
export async function verifyManyPacks(
  targets: readonly string[],
  jobs: number | undefined,
  demands: VerifyPackOptions,
  effects: Effects,
): Promise<Outcome> {
  const limit = checkedJobs(jobs);
  const paths = await findPacks(targets, effects.files);
  const results: Verified[] = new Array(paths.length);
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < paths.length) {
      const mine = next++;
      results[mine] = await verifyOne(paths[mine]!, demands, effects);
      if (++done % STEP === 0) effects.showProgress?.(`verified ${done} of ${paths.length} packs`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, paths.length) }, work));
  effects.showProgress?.("");
  const failed = results.filter(({ ok }) => !ok);
  const ok = failed.length === 0;
  const sum = `${paths.length - failed.length} of ${paths.length} packs ok`;
  return verdict(
    ok,
    EXIT.verificationFailed,
    {
      ...packFields("verify"),
      packs_total: paths.length,
      packs_ok: paths.length - failed.length,
      packs_failed: failed.length,
      packs: results.map(({ json }) => json),
    },
    [
      line((ok ? good : bad)(ok ? "pack verify ok" : "pack verify failed"), `: ${sum}`),
      ...failed.flatMap(({ lines }) => lines),
    ],
  );
}

function checkedJobs(jobs = DEFAULT_JOBS): number {
  if (jobs >= 1 && jobs <= MAX_JOBS) return jobs;
  throw invalidOption((name) =>
    `Cannot use ${name("jobs")} ${jobs}: expected a number from 1 to ${MAX_JOBS}`
  );
}

/** The result for one pack. */
interface Verified {
  readonly ok: boolean;
  readonly json: JsonObject;
  readonly lines: readonly Line[];
}

async function verifyOne(path: string, demands: VerifyPackOptions, effects: Effects): Promise<Verified> {
  try {
    if (!await effects.files.isFile(path)) {
      throw invalidInput(`Cannot read "${path}": it is not a regular file`);
    }
    const report = await verifyPack(await effects.files.read(path), demands);
    const json = { path, ok: report.ok, ...encodeIdentity(report), verify: encodePackReport(report) };
    const reasons = [
      ...report.missingFiles.map((file) => `${file} missing`),
      ...report.hashMismatches.map((found) => `${found.path} changed`),
      ...report.undeclaredFiles.map((file) => `${file} undeclared`),
      ...report.findings.map(({ message }) => message),
      ...report.signature.errors,
    ];
    return { ok: report.ok, json, lines: [describe(path, reasons.join("; ") || report.signature.status)] };
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    const json = { path, ok: false, error: error.message, error_code: error.code };
    return { ok: false, json, lines: [describe(path, error.message)] };
  }
}

function describe(path: string, reason: string): Line {
  return line("  ", bad(path), dim(`  ${reason}`));
}
