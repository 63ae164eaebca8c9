/** Hostile configuration, fixtures, runs and results of regressions. */
import type { Runpack } from "../../lib/runpack/read.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { readConfig } from "../../lib/regress/config.ts";
import { applyTolerances, readTolerances } from "../../lib/regress/tolerance.ts";
import { readFixture } from "../../lib/regress/fixture.ts";
import { encodeJunit } from "../../lib/regress/junit.ts";
import { json, type Readers, what } from "./hostile_reader.ts";
import { list } from "./log_lines.ts";

export const REGRESSIONS: Readers = {
  "regress config": {
    make: (n) => json({ fixtures: list(n, (i) => ({ name: `f${i}`, runpack: "x" })) }),
    read: (bytes) => readConfig(bytes, what),
  },
  "regress fixture": {
    make: (n) =>
      json({
        name: "f",
        run_id: "r",
        runpack: "x",
        expected_tool_sequence: list(n, (i) => `t${i}`),
        diff_allow_changed_files: list(n, (i) => `f${i}`),
      }),
    read: (bytes) => readFixture(bytes, what),
  },
  "regress config in YAML": {
    make: (n) => utf8(`fixtures:\n${list(n, (i) => `  - {name: f${i}, runpack: x}\n`).join("")}`),
    read: (bytes) => readConfig(bytes, what),
  },
  "calls in free order": {
    size: 1000,
    make: (n) => {
      const run = (ids: string) => ({
        intents: list(
          n,
          (i) => ({ intent_id: `${ids}${i}`, tool_name: `t${i % 7}`, args_digest: `${ids}${i}` }),
        ),
        results: list(n, (i) => ({ intent_id: `${ids}${i}`, status: "ok", result_digest: "" })),
      });
      return [run("a"), run("b")];
    },
    read: ([recorded, candidate]) =>
      applyTolerances(
        recorded as unknown as Runpack,
        candidate as unknown as Runpack,
        readTolerances([], { all: list(7, (i) => `t${i}`) }, what),
      ),
  },
  "regress report": {
    make: (n) => ({
      schema_id: "x",
      graders: list(
        n,
        (i) => ({ name: `f${i}/diff`, status: i % 2 ? "pass" : "fail", reason_codes: ["x"], details: {} }),
      ),
    }),
    read: (result) => encodeJunit(result),
  },
};
