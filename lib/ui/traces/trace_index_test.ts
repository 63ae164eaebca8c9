import assert from "node:assert/strict";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { utf8 } from "../../formats/bytes.ts";
import { findTraces, type TraceQuery } from "./trace_query.ts";
import { traceIndex } from "./trace_index.ts";

const trace = (members: Record<string, unknown> = {}) =>
  utf8(JSON.stringify({
    schema_id: "gait.gate.trace",
    trace_id: "id",
    observed_at: "2026-11-20T08:00:00Z",
    tool_name: "tool.read",
    verdict: "allow",
    intent_digest: "i1",
    policy_digest: "p1",
    ...members,
  }));

const ANY: TraceQuery = { text: "", tool: "", caller: "", verdict: "", rule: "", since: "" };

async function indexOf(given: Record<string, Uint8Array<ArrayBuffer>>, limit?: number) {
  const files = memoryFiles();
  for (const [path, content] of Object.entries(given)) {
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
    await files.makeFolder(folder);
    await files.writeAtomic(path, content);
  }
  let changes = 0;
  const index = traceIndex([".", "gait-out"], files, {
    now: () => 0,
    onChange: () => changes++,
    ...(limit === undefined ? {} : { limit }),
  });
  await index.rescan();
  await index.idle();
  return { files, index, changes: () => changes };
}

Deno.test("the index has the traces of its folders, the newest first, and damaged ones as unreadable", async () => {
  const { index } = await indexOf({
    "trace_1.json": trace({ observed_at: "2026-11-20T08:00:01Z" }),
    "gait-out/traces/trace_2.json": trace({ observed_at: "2026-11-20T08:00:02Z" }),
    "gait-out/trace_bad.json": utf8('{"schema_id":"gait.gate.trace","tool_name":1}'),
    "gait-out/other.json": trace(),
    "elsewhere/trace_3.json": trace(),
  });
  assert.deepEqual(index.rows().map(({ path }) => path), [
    "gait-out/traces/trace_2.json",
    "trace_1.json",
    "gait-out/trace_bad.json",
  ]);
  assert.equal(index.rows()[2]!.verdict, "unreadable");
  assert.ok(index.has("trace_1.json"));
  assert.ok(!index.has("elsewhere/trace_3.json"));
});

Deno.test("a changed file is read again, and one that is gone is forgotten", async () => {
  const { files, index, changes } = await indexOf({ "trace_1.json": trace(), "trace_2.json": trace() });
  const before = changes();
  await files.writeAtomic("trace_1.json", trace({ verdict: "block" }));
  await files.remove("trace_2.json");
  index.update(["trace_1.json", "trace_2.json"]);
  await index.idle();
  assert.deepEqual(index.rows().map(({ verdict }) => verdict), ["block"]);
  assert.ok(changes() > before);
});

Deno.test("traces are found by each of their facts, and by all of them together", async () => {
  const relationship = {
    agent_chain: [{ role: "requester", identity: "Agent.One" }],
    entity_refs: [],
    edges: [],
  };
  const { index } = await indexOf({
    "trace_1.json": trace({ tool_name: "tool.pay", relationship, verdict: "block", violations: ["v1"] }),
    "trace_2.json": trace({ matched_rule_ids: ["rule-a"], observed_at: "2026-11-10T08:00:00Z" }),
    "trace_3.json": trace({ step_verdicts: [{ matched_rule: "rule-b" }, null] }),
  });
  const found = (query: Partial<TraceQuery>) =>
    findTraces(index.rows(), { ...ANY, ...query }, Date.parse("2026-11-20T09:00:00Z")).map(({ path }) =>
      path
    );
  assert.equal(found({}).length, 3);
  assert.deepEqual(found({ tool: "pay" }), ["trace_1.json"]);
  assert.deepEqual(found({ caller: "agent.one" }), ["trace_1.json"]);
  assert.deepEqual(found({ verdict: "block" }), ["trace_1.json"]);
  assert.deepEqual(found({ rule: "rule-a" }), ["trace_2.json"]);
  assert.deepEqual(found({ rule: "rule-b" }), ["trace_3.json"]);
  assert.deepEqual(found({ rule: "v1" }), ["trace_1.json"]);
  assert.deepEqual(found({ text: "trace_2" }), ["trace_2.json"]);
  assert.deepEqual(found({ since: "7d" }).sort(), ["trace_1.json", "trace_3.json"]);
  assert.deepEqual(found({ since: "2h" }).sort(), ["trace_1.json", "trace_3.json"]);
  assert.deepEqual(found({ since: "2026-11-20T08:30:00Z" }), []);
  assert.deepEqual(found({ verdict: "block", tool: "read" }), []);
});

Deno.test("a page that stays open keeps the newest traces, and no more than its limit and a tenth", async () => {
  const at = (i: number) => `2026-11-20T08:00:${String(i).padStart(2, "0")}Z`;
  const { files, index } = await indexOf({}, 10);
  for (let i = 0; i < 40; i++) {
    await files.writeAtomic(`trace_${i}.json`, trace({ observed_at: at(i) }));
    index.update([`trace_${i}.json`]);
    await index.idle();
    assert.ok(index.rows().length <= 11);
  }
  assert.equal(index.rows()[0]!.path, "trace_39.json");
  assert.ok(!index.has("trace_0.json"));
});
