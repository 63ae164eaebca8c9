import { findCheckpoint } from "../../../job/checkpoints.ts";
import { readJob } from "../../../job/read.ts";
import { encodeJobCheckpoint } from "../../../schema/job.ts";
import { defineCommand, required, text } from "../../define.ts";
import { compact, success } from "../../outcome.ts";
import { keyValueLines, warningLines } from "../../text.ts";
import { jobFlags, jobNeeds } from "../flags.ts";
import { checkpointLine, jobFields } from "../report.ts";

/** `gait job checkpoint show` (docs/spec/job.md 4). */
export default defineCommand({
  explain: "Shows one checkpoint of a job.",
  flags: { ...jobFlags, checkpoint: required(text("id", "the checkpoint")) },
  needs: jobNeeds,
  errorFields: jobFields("checkpoint show"),
  examples: ["gait job checkpoint show --id nightly-etl --checkpoint cp_0001"],
  async run({ flags: { id, root, checkpoint: wanted }, effects }) {
    const { state, warnings } = await readJob(root, id, effects);
    const checkpoint = findCheckpoint(state, wanted);
    const { created_at, actor, reason_code } = checkpoint;
    return success({
      ...jobFields("checkpoint show"),
      job_id: id.trim(),
      checkpoint: encodeJobCheckpoint(checkpoint),
      ...compact({ warnings }),
    }, [
      checkpointLine(checkpoint),
      ...keyValueLines({ created_at, actor, reason_code }),
      ...warningLines(warnings),
    ]);
  },
});
