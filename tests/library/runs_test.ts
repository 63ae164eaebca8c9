/** Runs, sessions and packs that the library records, imports, builds and verifies. */
import assert from "node:assert/strict";
import {
  buildPack,
  diffRunpacks,
  GaitError,
  generateKey,
  importRun,
  isChanged,
  openSession,
  parsePublicKey,
  readRecordInput,
  readRunpack,
  recordRun,
  replayRun,
  verifyPack,
  verifyRunpack,
} from "../../mod.ts";
import { onStage } from "../support/gait.ts";
import { READERS } from "../../lib/conversation/formats/table.ts";
import { FORMATS } from "../../lib/conversation/transcript.ts";
import { RUN, test } from "./support.ts";

test(
  ["openSession"],
  "openSession() keeps a journal that the executable goes on with, and seals it",
  () =>
    onStage(async ({ gait, path }) => {
      const ids = { journal: path("s/session.jsonl"), sessionId: "s1", runId: "run_a" };
      const session = await openSession(ids);
      assert.equal((await session.append({ toolName: "t", verdict: "allow" })).sequence, 1);
      const more = await gait`run session append --journal s/session.jsonl --tool t --verdict block`;
      assert.equal(more.code, 0, more.stderr);
      const again = await openSession(ids);
      assert.equal((await again.append({ toolName: "t", verdict: "allow" })).sequence, 3);
      const key = await generateKey();
      await again.checkpoint({ out: path("cp/1.zip"), key });
      const demands = { trusted: { source: "flag", key: key.public }, requireSignature: true } as const;
      assert.equal((await verifyRunpack(await Deno.readFile(path("cp/1.zip")), demands)).ok, true);
      await assert.rejects(openSession({ ...ids, runId: "other" }), { code: "invalid_input" });
      await assert.rejects(again.append({ toolName: "t", verdict: "alow" as "allow" }), {
        code: "invalid_input",
      });
    }),
);

test(
  ["recordRun", "readRecordInput", "readRunpack"],
  "recordRun() gives the bytes of gait run record",
  () =>
    onStage(async ({ gait: run, write, bytes }) => {
      await write("run.json", JSON.stringify(RUN));
      await run("run", "record", "run.json");
      const made = await recordRun(RUN);
      assert.deepEqual(made.bytes, await bytes("gait-out/runpack_r1.zip"));
      const again = await recordRun(readRecordInput(JSON.stringify(RUN)));
      assert.equal(again.manifestDigest, made.manifestDigest);
      const { run: { run_id }, intents, results, manifest } = await readRunpack(made.bytes);
      assert.deepEqual([run_id, intents.length, results.length], ["r1", 1, 1]);
      assert.equal(manifest.manifest_digest, made.manifestDigest);
      assert.throws(() => readRecordInput("{"), { code: "invalid_input" });
      await assert.rejects(recordRun({ run: { run_id: "r", created_at: "yesterday" } }), {
        code: "invalid_input",
      });
      await assert.rejects(readRunpack(new Uint8Array(9)), { code: "invalid_input" });
    }),
);

test(
  ["recordRun", "buildPack"],
  "recordRun() keeps the rules of gait run record, and takes its options",
  () =>
    onStage(async ({ gait: run, write, bytes }) => {
      await write("run.json", JSON.stringify(RUN));
      await run("run", "record", "run.json", "--run-id", "r2", "--capture-mode", "raw");
      const options = { runId: "r2", captureMode: "raw" } as const;
      const made = await recordRun(RUN, {}, options);
      assert.deepEqual([made.bytes, made.warnings], [await bytes("gait-out/runpack_r2.zip"), []]);
      assert.equal((await recordRun(RUN, {}, { runId: "a.b" })).warnings.length, 1);
      const digests = { query_digest: "ab".repeat(32), content_digest: "cd".repeat(32) };
      const raw = { ...RUN, refs: { receipts: [{ ref_id: "x", redaction_mode: "raw", ...digests }] } };
      assert.ok(await recordRun(raw, {}, { allowRawContext: true }));
      await assert.rejects(recordRun(raw, {}, {}), ({ hint }: Error & { hint?: string }) => {
        assert.match(hint!, /\ballowRawContext\b/);
        return true;
      });
      for (
        const [input, more] of [
          [RUN, { runId: "../r" }],
          [RUN, { contextEvidenceMode: "required" }],
          [raw, {}],
        ] as const
      ) {
        await assert.rejects(recordRun(input, {}, more), { code: "invalid_input" }, JSON.stringify(more));
      }
    }),
);

test(
  ["buildPack"],
  "buildPack() gives the pack of gait pack build, signed when it is asked to",
  () =>
    onStage(async ({ gait: run, bytes }) => {
      await run("demo");
      await run("pack", "build", "run_demo", "--out", "p.zip");
      const runpack = await bytes("gait-out/runpack_run_demo.zip");
      assert.deepEqual((await buildPack(runpack)).bytes, await bytes("p.zip"));
      const key = await generateKey();
      const signed = await buildPack(runpack, { key });
      const demands = { trusted: { source: "flag", key: key.public }, requireSignature: true } as const;
      assert.ok((await verifyPack(signed.bytes, demands)).ok);
      await assert.rejects(buildPack(runpack.subarray(9)), GaitError);
    }),
);

test(
  ["verifyPack", "verifyRunpack", "parsePublicKey"],
  "verifyPack() and verifyRunpack() say in this process what the executable says",
  () =>
    onStage(async ({ gait, bytes, read }) => {
      await gait`keys init --out-dir k`;
      await gait("demo");
      await gait`pack build run_demo --private-key k/gait_private.key --out p.zip`;
      const key = await parsePublicKey(await read("k/gait_public.key"));
      const demands = { trusted: { source: "flag", key }, requireSignature: true, strict: true } as const;
      const pack = await bytes("p.zip");
      const report = await verifyPack(pack, demands);
      assert.deepEqual([report.ok, report.packType, report.signature.status], [true, "run", "verified"]);
      assert.equal((await gait`pack verify p.zip --json`).json.pack_id, report.packId);
      pack[pack.length >> 1]! ^= 1;
      assert(!await verifyPack(pack, demands).then(({ ok }) => ok, () => false));
      assert((await verifyRunpack(await bytes("gait-out/runpack_run_demo.zip"))).ok);
    }),
);

test(
  ["importRun", "replayRun", "diffRunpacks", "isChanged"],
  "importRun() makes runpacks that read, replay and compare",
  async () => {
    const chat = (name: string) =>
      JSON.stringify([
        {
          role: "assistant",
          tool_calls: [{ id: "c", type: "function", function: { name, arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c", content: "done" },
      ]);
    const [left, right] = await Promise.all(
      ["fs.read", "fs.write"].map(async (name) => {
        const { format, runs } = await importRun(chat(name), { runId: "r" });
        assert.deepEqual([format, runs.length, runs[0]!.runId], ["openai", 1, "r"]);
        return await readRunpack(runs[0]!.bytes);
      }),
    );
    assert.ok(!isChanged(diffRunpacks(left!, left!, "full")));
    assert.ok(isChanged(diffRunpacks(left!, right!, "full")));
    assert.deepEqual((await replayRun(left!)).steps.map(({ execution }) => execution), ["recorded"]);
    const executed = await replayRun(
      left!,
      ({ tool_name }) => Promise.resolve({ status: tool_name, digest: "" }),
    );
    assert.deepEqual(executed.steps.map(({ status, execution }) => [status, execution]), [[
      "fs.read",
      "executed",
    ]]);
    await assert.rejects(importRun("{}"), { code: "invalid_input" });
    for (const format of FORMATS) {
      const { runs } = await importRun(READERS[format].example, { format });
      assert.deepEqual([format, runs.length], [format, 1]);
    }
  },
);
