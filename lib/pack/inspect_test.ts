import assert from "node:assert/strict";
import { isJsonObject } from "../formats/json/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { forge, jobPackSample, runPackSample, swap } from "../../tests/support/sample_packs.ts";
import { packSample } from "../../tests/support/sample_run.ts";
import { buildAuthorizationPack } from "./authorization.ts";
import { inspectPack } from "./inspect.ts";

Deno.test("inspectPack() lines intents up with results, the last record of an id counting", async () => {
  const pack = await runPackSample(undefined, (run) => {
    run.results.push({ intent_id: "i1", status: "late", result: {} }, {
      intent_id: "i9",
      status: "odd",
      result: {},
    });
  });
  const { json } = await inspectPack(pack);
  assert.ok(isJsonObject(json.run_lineage));
  assert.deepEqual(json.run_lineage.intent_results, [
    { intent_id: "i1", tool_name: "tool.search", status: "late" },
    { intent_id: "i2", tool_name: "tool.fetch", status: "error" },
    { intent_id: "i3", tool_name: "tool.other" },
    { intent_id: "i9", status: "odd" },
  ]);
  assert.deepEqual([json.run_lineage.timeline_events, json.run_lineage.receipt_count], [4, 4]);
});

Deno.test("inspectPack() leaves out what can't be read, and shows the rest", async () => {
  const pack = await runPackSample();
  const names = async (changes: Record<string, string | undefined>) =>
    Object.keys((await inspectPack(await swap(pack, changes))).json).filter((name) =>
      name.startsWith("run_")
    );
  assert.deepEqual(await names({}), ["run_payload", "run_lineage"]);
  assert.deepEqual(await names({ [PACK_ENTRY.runPayload]: "{" }), ["run_lineage"]);
  assert.deepEqual(await names({ [PACK_ENTRY.runpack]: undefined }), ["run_payload"]);
  const job = await swap(await jobPackSample(), { [PACK_ENTRY.jobEvents]: "{" });
  assert.deepEqual(Object.keys((await inspectPack(job)).json).filter((name) => name.startsWith("job_")), [
    "job_payload",
  ]);
  await assert.rejects(inspectPack(await swap(pack, { [PACK_ENTRY.manifest]: "{}" })), {
    code: "invalid_input",
  });
});

Deno.test("inspectPack() shows a runpack as a pack, and demands that it is intact", async () => {
  const { bytes, manifestDigest, runId } = await packSample();
  const { packId, sourceRef, json } = await inspectPack(bytes);
  assert.deepEqual([packId, sourceRef, json.legacy_type], [manifestDigest, runId, "runpack"]);
  await assert.rejects(inspectPack(await swap(bytes, { "results.jsonl": "" })), { code: "invalid_input" });
});

Deno.test("inspectPack() counts the evidence of an authorization", async () => {
  const bundle = {
    trace_id: "t",
    policy_digest: "ab".repeat(32),
    intent_digest: "ab".repeat(32),
    trace_path: "a.txt",
    context_evidence_path: "a.txt",
  };
  const read = () => Promise.resolve(utf8("evidence"));
  const { bytes } = await buildAuthorizationPack(utf8(JSON.stringify(bundle)), read, "1");
  const { json } = await inspectPack(bytes);
  assert.ok(isJsonObject(json.authorization_payload));
  assert.deepEqual(
    [json.authorization_payload.linked_evidence_count, json.authorization_payload.required_evidence_count],
    [2, 1],
  );
  const { json: bare } = await inspectPack(await forge(bytes, { [PACK_ENTRY.authorization]: "{" }));
  assert.equal(bare.authorization_payload, undefined);
});
