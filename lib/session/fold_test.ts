import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { beforeAll, checkpointDigest, type Fold, takeLine } from "./fold.ts";

const IDS = { session_id: "s", run_id: "r" };
const header = { record_type: "header", header: { ...IDS } };
const event = (sequence: number, more: JsonObject = {}) => ({
  record_type: "event",
  event: { ...IDS, sequence, ...more },
});

async function checkpoint(index: number, start: number, end: number, prev = "", more: JsonObject = {}) {
  const sealed = {
    ...IDS,
    manifest_digest: "m",
    prev_checkpoint_digest: prev,
    ...{ checkpoint_index: index, sequence_start: start, sequence_end: end },
  };
  const checkpoint_digest = await checkpointDigest(sealed);
  return { record_type: "checkpoint", checkpoint: { ...sealed, checkpoint_digest, ...more } };
}

/** What lines come to. */
async function read(...lines: readonly (JsonObject | string)[]): Promise<Fold> {
  let fold = beforeAll();
  let offset = 0;
  for (const line of lines) {
    const bytes = utf8(typeof line === "string" ? line : JSON.stringify(line));
    ({ fold } = await takeLine(fold, { bytes, offset, ended: true }, "journal"));
    offset += bytes.length + 1;
  }
  return fold;
}

Deno.test("takeLine() counts events, and jumps over what a compaction left out", async () => {
  assert.equal((await read(header, event(1), event(2))).expected, 3);
  const one = await checkpoint(1, 1, 5);
  const compacted = await read(header, one, event(6), "", " ");
  assert.deepEqual([compacted.eventCount, compacted.lastSequence, compacted.expected], [1, 6, 7]);
  assert.equal((await read(header, one)).expected, 6);
});

Deno.test("takeLine() refuses whatever is out of turn", async () => {
  const one = await checkpoint(1, 1, 1);
  const digest = one.checkpoint.checkpoint_digest as string;
  const bad: readonly (readonly (JsonObject | string)[])[] = [
    [event(1)],
    [one],
    [header, header],
    [{ record_type: "header", header: { session_id: "s" } }],
    [header, event(2)],
    [header, event(1), event(1)],
    [header, event(1, { session_id: "t" })],
    [header, event(1, { run_id: "t" })],
    [header, event(1, { created_at: "yesterday" })],
    [header, event(1, { verdict: 5 })],
    [header, { record_type: "event" }],
    [header, { record_type: "Event", event: event(1).event }],
    [header, "[1]"],
    [header, JSON.stringify(event(1)) + " {}"],
    [header, event(1), await checkpoint(2, 1, 1)],
    [header, event(1), await checkpoint(1, 0, 1)],
    [header, event(1), await checkpoint(1, 2, 1)],
    [header, event(1), { ...one, checkpoint: { ...one.checkpoint, manifest_digest: "n" } }],
    [header, event(1), { ...one, checkpoint: { ...one.checkpoint, run_id: "t" } }],
    [header, event(1), one, await checkpoint(2, 2, 2, "else")],
    [header, event(1), one, await checkpoint(2, 1, 2, digest)],
    [header, event(1), one, event(1)],
    [header, { ...event(1), prev_digest: "0".repeat(64) }],
  ];
  for (const lines of bad) {
    await assert.rejects(read(...lines), { code: "invalid_input" }, JSON.stringify(lines.at(-1)));
  }
  assert.equal(
    (await read(header, event(1), one, event(2), await checkpoint(2, 2, 2, digest))).checkpoints.length,
    2,
  );
});

Deno.test("takeLine() digests lines without the white space around them", async () => {
  const text = JSON.stringify(header);
  const digests = await Promise.all(
    [[text], [`  ${text}\r`], ["", text, " "]].map((lines) => read(...lines)),
  );
  assert.equal(new Set(digests.map(({ digest }) => digest)).size, 1);
  assert.notEqual((await read(text.replace(",", ", "))).digest, digests[0]!.digest);
});
