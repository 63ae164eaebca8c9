import assert from "node:assert/strict";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { headPath, sessionOutput, sessionPaths, subjectOf } from "./paths.ts";

Deno.test("sessionPaths() names the chain after the journal without its last extension, headPath() the head after it", () => {
  const chains = {
    "a.journal.jsonl": "a.journal_chain.json",
    "plain": "plain_chain.json",
    "x/./y/run.jsonl": "x/y/run_chain.json",
    "/abs/run.jsonl": "/abs/run_chain.json",
    " x.d/.jsonl ": "x.d/session_chain.json",
    "x.d/run": "x.d/run_chain.json",
  };
  for (const [journal, chain] of Object.entries(chains)) assert.equal(sessionPaths(journal).chain, chain);
  assert.equal(headPath("run_chain.json"), "run_chain.head.json");
  assert.equal(subjectOf("run_chain.head.json"), "run_chain.json");
  assert.equal(subjectOf("a.jsonl.recoveries.jsonl"), "a.jsonl");
  for (const other of ["run_chain.json", "a.jsonl", ".head.json"]) assert.equal(subjectOf(other), undefined);
});

Deno.test("sessionOutput() refuses the files of the session itself, however they are spelled", async () => {
  const paths = sessionPaths("d/s.jsonl");
  const files = memoryFiles();
  const own = ["s.jsonl", "s.jsonl.state.json", "s.jsonl.lock", "s.jsonl.torn-1", "s.jsonl.recoveries.jsonl"];
  for (const name of [...own, "s_chain.json", "s_chain.head.json"]) {
    for (const spelled of [`d/${name}`, ` ./d//x/../${name} `, `/d/${name}`]) {
      await assert.rejects(
        sessionOutput("runpack", spelled, paths, files),
        { code: "invalid_input" },
        spelled,
      );
    }
  }
  assert.equal(await sessionOutput("runpack", "d/other.zip", paths, files), "d/other.zip");
  assert.equal(await sessionOutput("chain", "d/s_chain.json", paths, files), "d/s_chain.json");
});

Deno.test("sessionOutput() refuses a chain whose head would replace the journal", async () => {
  const paths = sessionPaths("s.head.json");
  await assert.rejects(sessionOutput("chain", "s.json", paths, memoryFiles()), { code: "invalid_input" });
});
