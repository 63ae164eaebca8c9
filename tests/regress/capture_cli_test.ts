import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { packSample } from "../support/sample_run.ts";
import { runPackSample, swap } from "../support/sample_packs.ts";
import { traceFile } from "../support/sample_traces.ts";

Deno.test("gait capture refuses what is missing or was tampered with, and writes nothing", () =>
  onStage(async ({ gait, write, files }) => {
    const { bytes } = await packSample();
    await write("bad.zip", await swap(bytes, { "results.jsonl": "" }));
    await write("torn.zip", bytes.slice(0, -9));
    for (const from of ["bad.zip", "torn.zip", "gone.zip", "run_gone"]) {
      const { code, json } = await gait`capture --from ${from} --json`;
      assert.deepEqual([code, json.from, json.ok], [6, from, false]);
    }
    assert.deepEqual(await files(), ["bad.zip", "torn.zip"]);
  }));

Deno.test("gait capture takes the packs that regress takes, and regress add what was captured", () =>
  onStage(async ({ gait, write }) => {
    await write("p.zip", await runPackSample());
    const captured = await gait`capture --from p.zip --json`;
    assert.deepEqual([captured.code, captured.json.artifact_type], [0, "runpack"]);
    assert.equal((await gait`regress add --from gait-out/capture.json --json`).code, 0);
  }));

Deno.test("capture and regress refuse a pack whose runpack is whole when anything else in it was changed", () =>
  onStage(async ({ gait, write, files }) => {
    const pack = await runPackSample();
    await write("proof.zip", await swap(pack, { "proof_records.jsonl": "" }));
    await write("extra.zip", await swap(pack, { "notes.txt": "added" }));
    for (const from of ["./proof.zip", "./extra.zip"]) {
      assert.equal((await gait`pack verify ${from}`).code, 2);
      for (const command of ["capture", "regress init", "regress add", "regress bootstrap"]) {
        const { code, json } = await gait`${command.split(" ")} --from ${from} --json`;
        assert.deepEqual([code, json.error_code], [6, "invalid_input"], command);
        assert.match(json.hint, /gait pack verify/);
      }
    }
    assert.deepEqual(await files(), ["extra.zip", "proof.zip"]);
  }));

Deno.test("regress add refuses another run in the place of the one that was captured", () =>
  onStage(async ({ gait, write, bytes }) => {
    await write("run.zip", (await packSample()).bytes);
    assert.equal((await gait`capture --from ./run.zip`).code, 0);
    await gait`demo`;
    await write("run.zip", await bytes("gait-out/runpack_run_demo.zip"));
    assert.equal((await gait`regress add --from gait-out/capture.json --json`).code, 6);
  }));

Deno.test("gait capture replaces a receipt and nothing else", () =>
  onStage(async ({ gait, write, read }) => {
    await write("t.json", traceFile());
    await write("u.json", traceFile({ trace_id: "trace_2" }));
    await write("mine.txt", "mine");
    assert.equal((await gait`capture --from t.json --out r.json`).code, 0);
    assert.equal((await gait`capture --from u.json --out r.json`).code, 0);
    assert.equal(JSON.parse(await read("r.json")).artifact_path, "u.json");
    for (const out of ["mine.txt", "t.json"]) {
      assert.equal((await gait`capture --from t.json --out ${out}`).code, 6);
    }
    assert.equal(await read("mine.txt"), "mine");
  }));

Deno.test("gait capture tells what took the place of --save-as, wherever it stands", () =>
  onStage(async ({ gait, files }) => {
    for (const args of [["--save-as", "x"], ["--from", "--save-as=x"], ["--", " --save-as "]]) {
      const { code, json } = await gait("capture", "--json", ...args);
      assert.deepEqual([code, json.schema_id], [6, "gait.capture.receipt"]);
      assert.deepEqual(json.migration, {
        kind: "flag",
        deprecated_flag: "--save-as",
        replacement_flag: "--out",
      });
    }
    assert.deepEqual(await files(), []);
  }));
