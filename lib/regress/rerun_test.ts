import assert from "node:assert/strict";
import { memoryFiles, runpackOf } from "./_test_runs.ts";
import { isUnusable } from "./candidate.ts";
import { parseReruns, readReruns } from "./rerun.ts";

const refused = { code: "invalid_input" };

Deno.test("parseReruns() reads a run for all, and one for each", () => {
  assert.deepEqual(parseReruns([]), []);
  assert.deepEqual(parseReruns([" run_b ", " f = ./x=y.zip "]), [
    { fixture: undefined, target: "run_b" },
    { fixture: "f", target: "./x=y.zip" },
  ]);
  assert.deepEqual(parseReruns(["./x=y.zip"]), [{ fixture: undefined, target: "./x=y.zip" }]);
});

Deno.test("parseReruns() refuses entries that name nothing or the same", () => {
  for (const entries of [[""], ["f="], ["f=a", "f=b"], ["a", "b"]]) {
    assert.throws(() => parseReruns(entries), refused, entries.join());
  }
});

Deno.test("readReruns() gives every fixture its run; the one that is named wins", async () => {
  const files = memoryFiles({
    "b.zip": await runpackOf("run_b", []),
    "gait-out/runpack_run_c.zip": await runpackOf("run_c", []),
  });
  const runs = await readReruns(parseReruns(["g=run_c", "./b.zip"]), ["f", "g"], { files, home: undefined });
  const seen = [...runs].map(([name, run]) => [name, run.path, isUnusable(run) ? "" : run.pack.run.run_id]);
  assert.deepEqual(seen.sort(), [
    ["f", "./b.zip", "run_b"],
    ["g", "gait-out/runpack_run_c.zip", "run_c"],
  ]);
});

Deno.test("readReruns() refuses unknown fixtures, missing runs and damaged ones", async () => {
  const files = memoryFiles({ "b.zip": await runpackOf("run_b", []), "bad.zip": "no zip" });
  for (const entry of ["h=b.zip", "run_nowhere", "./bad.zip", "f=nowhere.zip"]) {
    await assert.rejects(readReruns(parseReruns([entry]), ["f"], { files, home: undefined }), refused, entry);
    const target = entry.replace(/^[a-z]=/, "");
    await assert.rejects(
      readReruns(parseReruns([entry]), ["f"], { files, home: undefined }),
      (error: Error) => error.message.includes(target),
    );
  }
});
