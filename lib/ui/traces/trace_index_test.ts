import assert from "node:assert/strict";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { utf8 } from "../../formats/bytes.ts";
import { countedIndex, trace } from "./_test_index.ts";
import { findTraces, type TraceQuery } from "./trace_query.ts";
import { traceIndex } from "./trace_index.ts";
import type { RequestFields } from "../request_fields.ts";
import { answerTraces, traceSearch } from "./trace_query.ts";

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
  assert.deepEqual([...index.rows].map(({ path }) => path), [
    "gait-out/traces/trace_2.json",
    "trace_1.json",
    "gait-out/trace_bad.json",
  ]);
  assert.equal(index.rows.at(2)!.verdict, "unreadable");
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
  assert.deepEqual([...index.rows].map(({ verdict }) => verdict), ["block"]);
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
    findTraces(index.rows, { ...ANY, ...query }, Date.parse("2026-11-20T09:00:00Z")).window(0, 9).map((
      { path },
    ) => path);
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
    assert.ok(index.rows.length <= 11);
  }
  assert.equal(index.rows.at(0)!.path, "trace_39.json");
  assert.ok(!index.has("trace_0.json"));
});

const NOTHING_UNWRITTEN = { found: () => ({ decisions: 0, damaged: [] }) };

const fieldsOf = (given: Record<string, string | number>) =>
  ({
    text: (name: string) => String(given[name] ?? ""),
    count: (name: string, otherwise: number) => Number(given[name] ?? otherwise),
    flag: () => false,
  }) as RequestFields;

Deno.test("the first page is the newest traces, after reading a few of many", async () => {
  const { index, read } = await countedIndex(1_200);
  const rescanned = index.rescan();
  const answer = await answerTraces(
    { index, search: traceSearch(index), unwritten: NOTHING_UNWRITTEN },
    fieldsOf({ limit: 100 }),
    0,
  );
  assert.ok(read.length < 300, `${read.length} files were read for the first page`);
  const times = (answer.rows as { time: string }[]).map(({ time }) => time);
  const newest = Array.from(
    { length: 100 },
    (_, i) => new Date(Date.UTC(2026, 10, 20) + (1_199 - i) * 1000).toISOString(),
  );
  assert.deepEqual(times.map((time) => Date.parse(time)), newest.map((time) => Date.parse(time)));
  assert.equal((answer.total as number) + (answer.pending as number), 1_200);
  assert.ok((answer.pending as number) > 800);
  await rescanned;
  await index.idle();
  assert.equal(read.length, 1_200, "each file is read once");
  assert.equal(index.pending(), 0);
});

Deno.test("a new trace among many is read before the rest, and nothing else is read for it", async () => {
  const { index, read, files } = await countedIndex(600);
  await index.rescan();
  await files.writeAtomic("gait-out/trace_new.json", trace({ trace_id: "new" }));
  index.update(["gait-out/trace_new.json"]);
  await index.first;
  assert.ok([...index.rows].some(({ id }) => id === "new"));
  await index.idle();
  const before = read.length;
  index.update(["gait-out/trace_new.json"]);
  await index.idle();
  assert.deepEqual(read.slice(before), ["gait-out/trace_new.json"]);
});

Deno.test("another search of the folders reads what is new or changed, and forgets what is gone", async () => {
  const { files, index } = await indexOf({
    "trace_1.json": trace(),
    "trace_2.json": trace(),
    "trace_3.json": trace(),
  });
  await files.writeAtomic("trace_1.json", trace({ verdict: "block", violations: ["longer"] }));
  await files.remove("trace_2.json");
  await files.writeAtomic("trace_4.json", trace());
  await index.rescan();
  await index.idle();
  assert.deepEqual([...index.rows].map(({ path, verdict }) => [path, verdict]).sort(), [
    ["trace_1.json", "block"],
    ["trace_3.json", "allow"],
    ["trace_4.json", "allow"],
  ]);
});

Deno.test("of more traces than the limit the newest are read, and the answer says that there are more", async () => {
  const { index, read, files } = await countedIndex(40, 10);
  await index.rescan();
  await index.idle();
  assert.deepEqual(
    [...index.rows].map(({ at }) => (at - Date.UTC(2026, 10, 20)) / 1000),
    [39, 38, 37, 36, 35, 34, 33, 32, 31, 30],
  );
  assert.equal(read.length, 10);
  assert.ok(index.isCut());
  const answer = await answerTraces(
    { index, search: traceSearch(index), unwritten: NOTHING_UNWRITTEN },
    fieldsOf({}),
    0,
  );
  assert.equal(answer.cut, true);
  assert.equal(answer.pending, 0);
  await index.rescan();
  await index.idle();
  assert.equal(read.length, 10, "what there is no room for is not read again");
  for (const path of files.paths().slice(0, 35)) await files.remove(path);
  await index.rescan();
  await index.idle();
  assert.equal(index.rows.length, 5);
  assert.ok(!index.isCut());
});

Deno.test("the windows of one search are answered from one search, until a row changes", async () => {
  const { index, files } = await countedIndex(300);
  await index.rescan();
  await index.idle();
  const search = traceSearch(index);
  const query = { ...ANY, tool: "read" };
  const found = search(query, 0);
  assert.equal(search(query, 5), found);
  assert.equal(search({ ...query, since: "99999h" }, Date.UTC(2026, 10, 21)).count, 300);
  await files.writeAtomic("gait-out/trace_0.json", trace({ tool_name: "tool.pay" }));
  index.update(["gait-out/trace_0.json"]);
  await index.idle();
  assert.equal(search(query, 5).count, 299);
});
