import assert from "node:assert/strict";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { utf8 } from "../../formats/bytes.ts";
import { journalLine, renamingLine } from "../../gate/trace/journal_line.ts";
import { unwrittenTraces } from "./unwritten.ts";

const record = (name: string) => ({ name, content: utf8(`{"of":"${name}"}`) });

async function made(lines: readonly Uint8Array[], written: readonly string[] = []) {
  const files = memoryFiles();
  const journal = "gait-out/traces/.journal/1.jsonl";
  await files.makeFolder("gait-out/traces/.journal");
  await files.writeAtomic(journal, utf8(lines.map((line) => new TextDecoder().decode(line)).join("")));
  for (const name of written) await files.writeAtomic(`gait-out/traces/${name}`, record(name).content);
  const unwritten = unwrittenTraces(files);
  unwritten.add(["gait-out/traces/.journal", "gait-out/node_modules"]);
  await unwritten.look();
  return { files, journal, unwritten };
}

const [A, B] = [record("trace_a.json"), record("trace_b.json")];

Deno.test("a decision counts that is in a journal and has no file of its trace", async () => {
  const lines = [journalLine([A, record("approval_audit_a.json")]), journalLine([B])];
  const { files, journal, unwritten } = await made(lines, ["trace_a.json"]);
  assert.deepEqual(unwritten.found(), { decisions: 1, damaged: [] });
  await files.writeAtomic("gait-out/traces/trace_b.json", B.content.slice(0, 3));
  assert.equal(await unwritten.look(), false, "a torn file is not the trace");
  await files.writeAtomic("gait-out/traces/trace_b.json", B.content);
  assert.equal(await unwritten.look(), true);
  assert.equal(unwritten.found().decisions, 0);
  await files.remove("gait-out/traces/trace_a.json");
  await unwritten.look();
  assert.equal(unwritten.found().decisions, 1);
  await files.remove(journal);
  await unwritten.look();
  assert.equal(unwritten.found().decisions, 0);
});

Deno.test("the size of a trace is that of its bytes, and a line counts however it is spaced", async () => {
  const wide = { name: "trace_wide.json", content: utf8('{"tool":"Öl € \u{1f6e2}"}') };
  const spaced = utf8('{ "files": { "trace_spaced.json": "{}" } }\n');
  const { files, unwritten } = await made([journalLine([wide]), spaced]);
  assert.deepEqual(unwritten.found(), { decisions: 2, damaged: [] });
  await files.writeAtomic("gait-out/traces/trace_wide.json", wide.content);
  await files.writeAtomic("gait-out/traces/trace_spaced.json", utf8("{}"));
  await unwritten.look();
  assert.deepEqual(unwritten.found(), { decisions: 0, damaged: [] });
});

Deno.test("a renamed record is looked for under its last name, and a torn tail is no decision", async () => {
  const renamed = record("trace_a_1.json");
  const lines = [journalLine([A]), renamingLine("trace_a.json", renamed.name), journalLine([B]).slice(0, 20)];
  const { files, unwritten } = await made(lines);
  assert.equal(unwritten.found().decisions, 1);
  await files.writeAtomic("gait-out/traces/trace_a_1.json", A.content);
  await unwritten.look();
  assert.deepEqual(unwritten.found(), { decisions: 0, damaged: [] });
});

Deno.test("a journal that somebody changed is named, and what is in it does not count", async () => {
  for (
    const line of [
      "{}\n",
      "[]\n",
      "x\n",
      '{"files":{"../trace_x.json":"{}"}}\n',
      '{"files":{"trace_x.json":1}}\n',
      '{"files":{"trace_x.json":"{}","trace_x.json":"{}"}}\n',
      '{"files":{"trace_x.json":"{}"},"files":{}}\n',
      '{"files":null}\n',
      "null\n",
    ]
  ) {
    const { journal, unwritten } = await made([journalLine([A]), utf8(line)]);
    assert.deepEqual(unwritten.found(), { decisions: 0, damaged: [journal] }, line);
  }
});
