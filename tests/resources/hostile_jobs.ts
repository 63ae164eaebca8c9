/** Hostile states of jobs, and output of commands that jobs and wrappers run. */
import { openDecisions } from "../../lib/job/decisions.ts";
import { readChildLine } from "../../lib/job/run/child_lines.ts";
import { readStateFrom } from "../../lib/job/state.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { ZERO_TIME } from "../../lib/formats/time.ts";
import { ReferenceCollector } from "../../lib/wrap/references.ts";
import { json, type Readers, what } from "./hostile_reader.ts";
import { list } from "./log_lines.ts";

export const JOBS: Readers = {
  "job state": {
    make: (n) =>
      json({
        job_id: "j",
        revision: 1,
        checkpoints: list(n, (i) => ({ checkpoint_id: `c${i}` })),
        approvals: [],
      }),
    read: async (bytes) => openDecisions(await readStateFrom(bytes, what)),
  },
  "decisions of a job": {
    size: 400,
    make: (n) => ({
      checkpoints: list(
        n,
        (i) => ({ type: "decision-needed", checkpoint_id: `c${i}`, created_at: ZERO_TIME }),
      ),
      approvals: list(n, (i) => ({ checkpoint_id: i % 2 ? `c${i}` : "", created_at: ZERO_TIME })),
    }),
    read: (state) => openDecisions(state),
  },
  "lines of a job's command": {
    make: (n) => `{"summary":"${"x".repeat(n)}"`,
    read: (text) => readChildLine(text),
  },
  "output of a wrapped command": {
    make: (n) => utf8(list(n, (i) => ` trace_path=t${i}.json\r\n`).join("")),
    read: (bytes) => {
      const collector = new ReferenceCollector();
      for (let at = 0; at < bytes.length; at += 7) collector.take("stdout", bytes.subarray(at, at + 7));
      return collector.end();
    },
  },
  "one line of a wrapped command": {
    capped: true,
    make: (n) => utf8("x".repeat(n)),
    read: (bytes) => {
      const collector = new ReferenceCollector();
      for (let at = 0; at < bytes.length; at++) collector.take("stdout", bytes.subarray(at, at + 1));
      return collector.end();
    },
  },
};
