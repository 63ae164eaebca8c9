import assert from "node:assert/strict";
import { nextCommand } from "./next_command.ts";

const failed = (name: string, candidate?: string) => ({
  name,
  status: "fail" as const,
  reason_codes: [],
  ...(candidate === undefined ? {} : { details: { candidate_runpack: candidate } }),
});

Deno.test("nextCommand() leads to what differs", () => {
  assert.equal(nextCommand(failed("f/diff", "b.zip"), "a.zip"), "gait run diff a.zip b.zip");
  assert.equal(nextCommand(failed("f/trajectory", "b.zip"), "a.zip"), "gait run diff a.zip b.zip");
  assert.equal(nextCommand(failed("f/trajectory", "a.zip"), "a.zip"), "gait run inspect a.zip");
  assert.equal(nextCommand(failed("f/diff"), "a.zip"), "gait run inspect a.zip");
  assert.equal(nextCommand(failed("f/expected_exit_code"), "a.zip"), "gait run replay a.zip");
  assert.equal(nextCommand(failed("f/candidate_exit_code", "b.zip"), "a.zip"), "gait run replay b.zip");
});
