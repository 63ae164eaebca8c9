import { sortedCheckpoints } from "../../../job/checkpoints.ts";
import { readJob } from "../../../job/read.ts";
import { encodeJobCheckpoint } from "../../../schema/job.ts";
import { defineCommand } from "../../define.ts";
import { compact, success } from "../../outcome.ts";
import { line, warningLines } from "../../text.ts";
import { jobFlags, jobNeeds } from "../flags.ts";
import { checkpointLine, jobFields } from "../report.ts";

/** `gait job checkpoint list` (docs/spec/job.md 4). */
export default defineCommand({
  explain: "Lists the checkpoints of a job.",
  flags: jobFlags,
  needs: jobNeeds,
  errorFields: jobFields("checkpoint list"),
  examples: ["gait job checkpoint list --id nightly-etl"],
  async run({ flags: { id, root }, effects }) {
    const { state, warnings } = await readJob(root, id, effects);
    const checkpoints = sortedCheckpoints(state);
    return success({
      ...jobFields("checkpoint list"),
      job_id: id.trim(),
      ...compact({ checkpoints: checkpoints.map(encodeJobCheckpoint), warnings }),
    }, [
      ...checkpoints.map(checkpointLine),
      line(`checkpoints=${checkpoints.length}`),
      ...warningLines(warnings),
    ]);
  },
});
