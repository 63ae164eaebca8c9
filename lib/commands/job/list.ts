import { invalidInput } from "../../errors/mod.ts";
import { pathArgument } from "../../formats/shell.ts";
import { JOB_ROOT } from "../../job/folder.ts";
import { listJobs } from "../../job/list.ts";
import { defineCommand } from "../define.ts";
import { success } from "../outcome.ts";
import { bad, columns, dim, line, nextLines } from "../text.ts";
import { jobFlags } from "./flags.ts";
import { encodeFinding, jobFields, styledStatus } from "./report.ts";

/** `gait job list` (docs/spec/job.md 12): not in the existing program. */
export default defineCommand({
  explain: "Lists the jobs in a folder with their status.",
  flags: { root: jobFlags.root },
  needs: { read: true, env: true },
  errorFields: jobFields("list"),
  examples: ["gait job list", "gait job list --root /srv/jobs --json"],
  async run({ flags: { root }, effects }) {
    const kind = (await effects.files.stat(root))?.kind;
    // Before the first job, the default folder isn't there; any other one was mistyped.
    if (kind !== "folder" && (kind !== undefined || root !== JOB_ROOT)) {
      throw invalidInput(`There is no folder "${root}"`, {
        hint: `Give the --root that the jobs were submitted with; by default it is ${JOB_ROOT}`,
      });
    }
    const jobs = await listJobs(root, effects);
    const json = jobs.map((job) => {
      if ("error" in job) return { job_id: job.id, error: job.error };
      const { status, stop_reason, revision, updated_at, checkpoints } = job.state;
      const last = checkpoints.at(-1)?.summary ?? "";
      const shown = { job_id: job.id, status, stop_reason, revision, updated_at, last_checkpoint: last };
      return job.finding === undefined ? shown : { ...shown, findings: [encodeFinding(job.finding)] };
    });
    const rows = jobs.flatMap((job) => {
      if ("error" in job) return columns([[bad("unreadable"), `${job.id}: ${job.error}`]]);
      const { state: { status, revision, checkpoints }, finding } = job;
      const about = `${job.id} (${revision})`;
      if (finding !== undefined) {
        return columns([[bad(finding.code), `${about} ${status || "unknown"}: ${finding.text}`]]);
      }
      return columns([[styledStatus(status), `${about} ${checkpoints.at(-1)?.summary ?? ""}`.trimEnd()]]);
    });
    const unfit = jobs.find((job) => "finding" in job && job.finding !== undefined);
    return success({ ...jobFields("list"), jobs: json }, [
      ...rows,
      line(dim(jobs.length === 1 ? "1 job" : `${jobs.length} jobs`)),
      ...(unfit === undefined ? [] : nextLines([`gait job verify --id ${pathArgument(unfit.id)}`])),
      ...(jobs.length > 0 ? [] : nextLines([
        "gait job submit --id <id>",
        `gait job list --root <folder>, if they are not in ${root} of this folder`,
      ])),
    ]);
  },
});
