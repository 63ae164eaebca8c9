import assert from "node:assert/strict";
import { prettyJson } from "../formats/json/mod.ts";
import type { JsonValue } from "../formats/json/mod.ts";
import { writeZip } from "../formats/zip/write.ts";
import { compareArtifacts } from "./chain_findings.ts";

const DIGEST = "ab".repeat(32);
const run = { runId: "r", manifestDigest: DIGEST };
const trace = { traceId: "t", verdict: "allow" };

async function packOf(entries: Readonly<Record<string, JsonValue>>, runId = "r") {
  const files = Object.entries(entries).map(([name, value]) => ({ name, content: prettyJson(value) }));
  return { runId, bytes: await writeZip(files) };
}

const codes = async (artifacts: Parameters<typeof compareArtifacts>[0]) =>
  (await compareArtifacts(artifacts)).map(({ code }) => code);

Deno.test("compareArtifacts() finds nothing where runpack, trace and pack belong together", async () => {
  const pack = await packOf({
    "runpack_summary.json": { manifest_digest: DIGEST.toUpperCase() },
    "trace_summary.json": { traces: [{ trace_id: "t", verdict: "allow" }] },
  });
  assert.deepEqual(await codes({ run, trace, pack }), []);
  assert.deepEqual(await codes({ run, trace }), []);
  const simulated = await packOf({
    "trace_summary.json": { traces: [{ trace_id: "t", verdict: "dry_run" }] },
  });
  assert.deepEqual(await codes({ run, trace: { ...trace, simulated: true }, pack: simulated }), []);
  assert.deepEqual(await codes({ run, trace, pack: simulated }), ["trace_verdict_differs"]);
});

Deno.test("compareArtifacts() finds a pack of another run, and a trace that the pack does not know", async () => {
  const other = await packOf({
    "runpack_summary.json": { manifest_digest: "cd".repeat(32) },
    "trace_summary.json": { traces: [{ trace_id: "t", verdict: "block" }, "odd"] },
  }, "else");
  assert.deepEqual(await codes({ run, trace, pack: other }), [
    "pack_run_id_differs",
    "pack_manifest_digest_differs",
    "trace_verdict_differs",
  ]);
  assert.deepEqual(await codes({ run, trace, pack: await packOf({ "trace_summary.json": [] }) }), [
    "trace_not_in_pack",
  ]);
});
