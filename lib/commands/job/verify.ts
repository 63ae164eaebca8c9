import { EXIT } from "../../errors/mod.ts";
import { inspectJob } from "../../job/read.ts";
import { checkHistory, type HistoryCheck } from "../../job/verify.ts";
import { bool, defineCommand } from "../define.ts";
import { compact, verdict } from "../outcome.ts";
import { RESTORE } from "../../job/links.ts";
import { bad, good, line, nextLines, warningLines } from "../text.ts";
import { jobFlags, jobNeeds } from "./flags.ts";
import { encodeFinding, findingLine, jobFields } from "./report.ts";

/** `gait job verify` (docs/spec/job.md 13): not in the existing program. */
export default defineCommand({
  explain: "Checks that nobody edited the state or the log of a job since Gait wrote them.",
  flags: {
    ...jobFlags,
    "require-chain": bool("fail unless every event is chained, and state and log vouch for each other"),
  },
  needs: jobNeeds,
  errorFields: jobFields("verify"),
  examples: ["gait job verify --id nightly-etl", "gait job verify --id nightly-etl --require-chain"],
  async run({ flags: { id, root, "require-chain": requireChain }, effects }) {
    const job = await inspectJob(root, id, effects);
    const check = await checkHistory(job);
    const { chained, unchained, stateBound, logBound, findings } = check;
    const gap = requireChain ? gapOf(check) : undefined;
    const ok = findings.length === 0 && gap === undefined;
    return verdict(ok, EXIT.verificationFailed, {
      ...jobFields("verify"),
      job_id: job.state.job_id,
      revision: job.state.revision,
      events_chained: chained,
      events_unchained: unchained,
      state_bound: stateBound,
      log_bound: logBound,
      ...compact({
        findings: [
          ...findings.map(encodeFinding),
          ...gap === undefined ? [] : [{ code: "not_chained", message: gap }],
        ],
        warnings: job.warnings,
      }),
    }, [
      line(
        ok ? good("verified") : bad("not verified"),
        `: job ${job.state.job_id}, revision ${job.state.revision}, ${chained} of ${
          chained + unchained
        } events chained`,
      ),
      ...findings.map(findingLine),
      ...gap === undefined ? [] : [line(bad("not_chained"), `: ${gap}`)],
      ...warningLines(job.warnings),
      ...(findings.length === 0 ? [] : nextLines([RESTORE])),
    ]);
  },
});

/** Why a job is not vouched for from its first event to its state. */
function gapOf({ unchained, stateBound, logBound }: HistoryCheck): string | undefined {
  if (unchained > 0) return `${unchained} events were written by a program that does not chain them`;
  if (!stateBound) return "no event has a digest of the state";
  return logBound ? undefined : "the state has no digest of the log";
}
