import assert from "node:assert/strict";
import { readRunpack } from "../../lib/runpack/read.ts";
import { openZip } from "../../lib/formats/zip/mod.ts";
import { onStage } from "../support/gait.ts";
import { shared } from "../support/places.ts";
import { testUnless } from "../support/test_unless.ts";

/*
 * Real conversations of an agent (τ-bench, airline domain; ../shared/real): eight tasks, each once passed and once
 * failed. Calls, and answers that begin with "Error", were counted in the files without this program; every call was
 * answered.
 */
const TASKS = [
  { task: "task01", pass: { trial: 1, calls: 5, errors: 0 }, fail: { trial: 0, calls: 0, errors: 0 } },
  { task: "task02", pass: { trial: 2, calls: 13, errors: 0 }, fail: { trial: 0, calls: 7, errors: 0 } },
  { task: "task05", pass: { trial: 1, calls: 6, errors: 0 }, fail: { trial: 0, calls: 6, errors: 0 } },
  { task: "task06", pass: { trial: 0, calls: 6, errors: 0 }, fail: { trial: 1, calls: 5, errors: 0 } },
  { task: "task07", pass: { trial: 2, calls: 5, errors: 0 }, fail: { trial: 0, calls: 5, errors: 0 } },
  { task: "task11", pass: { trial: 0, calls: 10, errors: 1 }, fail: { trial: 1, calls: 11, errors: 1 } },
  { task: "task13", pass: { trial: 1, calls: 5, errors: 1 }, fail: { trial: 0, calls: 14, errors: 6 } },
  { task: "task15", pass: { trial: 2, calls: 3, errors: 1 }, fail: { trial: 0, calls: 3, errors: 1 } },
] as const;

/** Calls that share an id inside one conversation, by their position: their intents are numbered. */
const REPEATED: Readonly<Record<string, readonly number[]>> = {
  "task06-trial1-fail": [3, 5],
  "task11-trial1-fail": [1, 8],
  "task13-trial0-fail": [4, 7, 12, 14],
};

const airline = await shared("real/airline");
const missing = airline === undefined && "../shared/real is absent";

const RAW = ["--capture-mode", "raw"];

for (const { task, pass, fail } of TASKS) {
  testUnless(
    missing,
    `${task}: the failed run fails the regression of the passed one`,
    () =>
      onStage(async ({ gait, bytes }) => {
        const ids = { pass: "", fail: "" };
        for (const [verdict, { trial, calls, errors }] of [["pass", pass], ["fail", fail]] as const) {
          const name = `${task}-trial${trial}-${verdict}`;
          const file = `${airline}/${name}.json`;
          const imported = await gait`run import ${file} ${RAW} --json`;
          assert.equal(imported.code, 0, imported.stdout);
          const { format, skipped, runs: [run, ...more] } = imported.json;
          assert.deepEqual([format, skipped, more], ["openai", [], []]);
          assert.deepEqual(
            [run.intents, run.results, run.missing_results, run.errors, run.raw_arguments, run.skipped],
            [calls, calls, 0, errors, [], []],
          );
          ids[verdict] = run.run_id;

          const first = await bytes(run.bundle);
          await gait`run import ${file} ${RAW}`;
          assert.deepEqual(await bytes(run.bundle), first);

          const verified = await gait`verify ${run.run_id} --json`;
          assert.deepEqual([verified.code, verified.json.manifest_digest], [0, run.manifest_digest]);
          const { entries = [] } = (await gait`run inspect ${run.run_id} --json`).json;
          const numbered = entries.filter((entry: { intent_id: string }) =>
            /^call_\d+$/.test(entry.intent_id)
          );
          assert.deepEqual(numbered.map((entry: { index: number }) => entry.index), REPEATED[name] ?? []);
        }

        const regression = await gait`regress bootstrap --from ${ids.pass} --name ${task} --json`;
        assert.deepEqual([regression.code, regression.json.status], [0, "pass"]);
        const again = await gait`regress run --candidate ${ids.pass} --json`;
        assert.deepEqual([again.code, again.json.status], [0, "pass"]);
        const drift = await gait`regress run --candidate ${ids.fail} --json`;
        assert.deepEqual([drift.code, drift.json.status], [5, "fail"]);
        const [{ rows, first_difference: first }] = drift.json.drift;
        assert.notEqual(rows[first].kind, "same");
        const seen = (side: string) => rows.filter((row: Record<string, unknown>) => row[side]).length;
        assert.deepEqual([seen("expected"), seen("actual")], [pass.calls, fail.calls]);
        // None of the tasks has a second passed run; the same conversation, recorded under another id, stands for one.
        const file = `${airline}/${task}-trial${pass.trial}-pass.json`;
        await gait`run import ${file} ${RAW} --run-id ${task}_again`;
        const other = await gait`regress run --candidate ${task}_again --json`;
        assert.deepEqual([other.code, other.json.status, other.json.drift], [0, "pass", undefined]);
      }),
  );
}

testUnless(
  missing,
  "answers to repeated ids go to their calls in order",
  () =>
    onStage(async ({ gait, bytes }) => {
      for (const name of Object.keys(REPEATED)) {
        const { messages } = JSON.parse(await Deno.readTextFile(`${airline}/${name}.json`));
        await gait`run import ${airline!}/${name}.json --run-id ${name} --capture-mode raw`;
        const { intents, results } = await readRunpack(await bytes(`gait-out/runpack_${name}.zip`));
        assert.deepEqual(
          results.map((result) => result.intent_id),
          intents.map((intent) => intent.intent_id),
        );
        // Every call in these files is answered by the very next message.
        const answers = messages.filter(({ role }: { role: string }) => role === "tool");
        assert.deepEqual(results.map(({ result }) => result), answers.map(readAnswer));
        assert.deepEqual(
          intents.map((intent) => intent.tool_name),
          answers.map(({ name }: { name: string }) => name),
        );
      }
    }),
);

function readAnswer({ content }: { content: string }) {
  return content.startsWith("{") ? JSON.parse(content) : { text: content };
}

testUnless(
  missing,
  "reference mode keeps nothing that was said to or by a tool",
  () =>
    onStage(async ({ gait, bytes }) => {
      const { json } = await gait`run import ${airline!}/task15-trial2-pass.json --json`;
      assert.equal((await gait`verify ${json.runs[0].run_id}`).code, 0);
      const archive = openZip(await bytes(json.runs[0].bundle));
      for (const entry of ["intents.jsonl", "results.jsonl"]) {
        const text = new TextDecoder().decode(await archive.read(entry));
        assert.ok(text.includes("_digest"));
        for (const secret of ["james_patel_9828", "GV1N64", "HAT290"]) {
          assert.ok(!text.includes(secret), secret);
        }
      }
    }),
);
