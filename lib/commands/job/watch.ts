import type { Finding } from "../../job/links.ts";
import { type InspectedJob, inspectJob } from "../../job/read.ts";
import { isBoundToKeys } from "../../job/signed_approval.ts";
import { timelineOf } from "../../job/timeline.ts";
import { TERMINAL } from "../../job/transitions.ts";
import { equalBytes } from "../../formats/bytes.ts";
import { checkHistory } from "../../job/verify.ts";
import { encodeJobEvent } from "../../schema/job.ts";
import { choice, defineCommand } from "../define.ts";
import { compact } from "../outcome.ts";
import { dim, line } from "../text.ts";
import { jobFlags, jobNeeds } from "./flags.ts";
import { findingLine, jobFields, jobOutcome } from "./report.ts";

/** Milliseconds between two polls. */
const POLL = 200;

/** `gait job watch` (docs/spec/job.md 12): not in the existing program. */
export default defineCommand({
  explain:
    "Follows a job: shows each event as it happens, until the job has ended, or with --until idle until it is not running.",
  flags: {
    ...jobFlags,
    until: choice("event", "when to exit: the job has ended, or it is not running", ["over", "idle"], {
      default: "over",
    }),
  },
  needs: jobNeeds,
  errorFields: jobFields("watch"),
  examples: ["gait job watch --id nightly-etl", "gait job watch --id nightly-etl --until idle"],
  async run({ flags: { id, root, until }, effects, show }) {
    const { sleep } = await effects.supervision();
    let checked: { readonly job: InspectedJob; readonly findings: readonly Finding[] } | undefined;
    for (let shown = 0;;) {
      const job = await inspectJob(root, id, effects);
      const findings: readonly Finding[] = checked && isSame(checked.job, job)
        ? checked.findings
        : (await checkHistory(job)).findings;
      const known = new Set(checked?.findings.map(({ text }) => text));
      for (const found of findings) if (!known.has(found.text)) show(findingLine(found));
      checked = { job, findings };
      for (const { time, text } of timelineOf(job).slice(shown)) show(line(dim(time), " ", text));
      shown = job.events.length;
      const { status } = job.state;
      if (TERMINAL.includes(status) || (until === "idle" && status !== "running")) {
        return jobOutcome("watch", {
          ...job,
          findings,
          signed: isBoundToKeys(job.events),
          json: compact({ events: job.events.map(encodeJobEvent) }),
        });
      }
      await sleep(POLL);
    }
  },
});

/** Whether neither state nor log were written since. A state that was not is the same object. */
function isSame(before: InspectedJob, now: InspectedJob): boolean {
  return before.state === now.state && equalBytes(before.log, now.log);
}
