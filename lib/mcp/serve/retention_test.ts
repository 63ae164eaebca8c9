import assert from "node:assert/strict";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { EVIDENCE_CLASSES, type EvidenceClass, type Retention } from "./settings.ts";
import { retain } from "./retention.ts";

/** In the order of their paths, which decides between equal times: the last are kept. */
const SESSION = [
  "s/s.journal.jsonl",
  "s/s.journal.jsonl.recoveries.jsonl",
  "s/s.journal.jsonl.state.json",
  "s/s.journal_chain.head.json",
  "s/s.journal_chain.json",
];

/** What retention of a count reports, and which of the files in the folder of sessions it leaves. */
async function keeping(maxCount: number, paths: readonly string[]) {
  const files = memoryFiles(Object.fromEntries(paths.map((path) => [path, "{}"])));
  const none: Retention = { maxAge: 0n, maxCount: 0 };
  const retention = {
    ...Object.fromEntries(EVIDENCE_CLASSES.map((kind) => [kind, none])),
    session: { ...none, maxCount },
  };
  const options = {
    folders: { trace: "t", session: "s" },
    retention: retention as Record<EvidenceClass, Retention>,
    inputs: [],
  };
  const reported = await retain(options, files, Date.now());
  return { reported, left: files.paths().filter((path) => path.startsWith("s/")) };
}

Deno.test("retain() counts journal, state and chain of a session, and nothing that Gait adds to them", async () => {
  assert.deepEqual(await keeping(3, SESSION), { reported: [], left: SESSION });
});

Deno.test("retain() removes what tells of a journal or a chain together with it", async () => {
  const reported = ["retention_session_removed_age=0 removed_count=1"];
  assert.deepEqual(await keeping(2, SESSION), { reported, left: SESSION.slice(2) });
  const chain = ["s/s_chain.head.json", "s/s_chain.json", "s/t.journal.jsonl"];
  assert.deepEqual(await keeping(1, chain), { reported, left: chain.slice(2) });
});

Deno.test("retain() gives a head without a chain a place of its own", async () => {
  const { left } = await keeping(1, ["s/a_chain.head.json", "s/b.journal.jsonl"]);
  assert.deepEqual(left, ["s/b.journal.jsonl"]);
});
