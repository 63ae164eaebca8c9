import { invalidInput } from "../../errors/mod.ts";
import { decodeUtf8 } from "../../formats/bytes.ts";
import { joinPath } from "../../formats/path.ts";
import { jobFolder } from "../../job/folder.ts";
import { readJob } from "../../job/read.ts";
import { LOG_FILE } from "../../job/run/log.ts";
import { defineCommand, integer } from "../define.ts";
import { success } from "../outcome.ts";
import { line } from "../text.ts";
import { jobFlags, jobNeeds } from "./flags.ts";
import { jobFields } from "./report.ts";

/** `gait job logs` (docs/spec/job.md 12): not in the existing program. */
export default defineCommand({
  explain: "Shows the output of a job's command, as far as the log keeps it.",
  flags: { ...jobFlags, tail: integer("number", "show only the last lines", { least: 1 }) },
  needs: jobNeeds,
  errorFields: jobFields("logs"),
  examples: ["gait job logs --id nightly-etl --tail 20"],
  async run({ flags: { id, root, tail }, effects }) {
    await readJob(root, id, effects);
    const path = joinPath(jobFolder(root, id), LOG_FILE);
    if (await effects.files.stat(path) === undefined) {
      throw invalidInput(`Cannot show the log of job "${id.trim()}": no command was run`, {
        detail: "log_not_found",
        hint: `Run a command as this job: gait job run --id ${id.trim()} -- <command>`,
      });
    }
    const all = decodeUtf8(await effects.files.read(path)).split("\n");
    if (all.at(-1) === "") all.pop();
    const lines = tail === undefined ? all : all.slice(-tail);
    return success({ ...jobFields("logs"), job_id: id.trim(), lines }, lines.map((text) => line(text)));
  },
});
