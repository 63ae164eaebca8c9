import assert from "node:assert/strict";
import { utf8 } from "../../formats/bytes.ts";
import { COVERED_EVENTS } from "../../schema/voice/layout.ts";
import { callRecord } from "../../../tests/support/sample_calls.ts";
import { readCallRecord } from "./record.ts";

const REFUSED = { code: "invalid_input" };

// deno-lint-ignore no-explicit-any -- records are broken on purpose
function read(change: (record: any) => void = () => {}, spell: (text: string) => string = (text) => text) {
  const record = callRecord();
  change(record);
  return readCallRecord(utf8(spell(JSON.stringify(record))), "call record");
}

Deno.test("readCallRecord() sorts by call_seq, ties by type, and keeps what stands at one place in order", () => {
  const { events } = read((record) => {
    record.events.reverse();
    for (const [note, type] of [["late", "zz"], ["first", "aa"], ["second", "aa"]]) {
      record.events.push({ ...record.events[0], call_seq: 3, event_type: type, say_token_id: note });
    }
  });
  assert.deepEqual(events.map((event) => event.call_seq), [1, 2, 3, 3, 3, 3, 4, 5, 6, 7]);
  assert.deepEqual(events.slice(2, 6).map((event) => event.say_token_id), ["first", "second", "", "late"]);
});

Deno.test("readCallRecord() takes hash_only for granted, and knows only two labels", () => {
  assert.equal(read().privacyMode, "hash_only");
  assert.equal(read((record) => record.privacy_mode = " Dispute_Encrypted").privacyMode, "dispute_encrypted");
  assert.throws(() => read((record) => record.privacy_mode = "open"), REFUSED);
});

Deno.test("readCallRecord() demands every kind of event", () => {
  for (const type of COVERED_EVENTS) {
    assert.throws(
      () =>
        read((record) => {
          for (const event of record.events) if (event.event_type === type) event.event_type = "other";
        }),
      REFUSED,
      type,
    );
  }
  assert.throws(() => read((record) => record.events = []), REFUSED);
});

Deno.test("readCallRecord() refuses records of another call in every list", () => {
  for (const list of ["events", "commitments", "gate_decisions", "speak_receipts"]) {
    assert.throws(() => read((record) => record[list][0].call_id = "call_13"), REFUSED, list);
    assert.throws(() => read((record) => delete record[list][0].call_id), REFUSED, list);
  }
});

Deno.test("readCallRecord() refuses members that nobody knows, at every level", () => {
  const lists = ["events", "commitments", "gate_decisions", "speak_receipts", "reference_digests"];
  for (const path of [[], ...lists.map((list) => [list, 0]), ["commitments", 0, "context"]]) {
    assert.throws(
      () =>
        read((record) => {
          const place = path.reduce((holder, member) => holder[member], record);
          place.runpack_url = "x";
        }),
      REFUSED,
      path.join("."),
    );
  }
});

Deno.test("readCallRecord() refuses a key that stands twice and a number that would be rounded", () => {
  assert.throws(() => read(undefined, (text) => text.replace("{", '{"call_id":"call_12",')), REFUSED);
  for (
    const number of ["9007199254740993", "9007199254740992", "1e400", "50000.0", "0.10000000000000000055"]
  ) {
    assert.throws(
      () =>
        read(
          undefined,
          (text) => text.replace('"refund_ceiling_cents":50000', `"refund_ceiling_cents":${number}`),
        ),
      REFUSED,
      number,
    );
  }
  const attributes = (number: string) => (text: string) =>
    text.replace('"latency_ms":120', `"latency_ms":${number}`);
  assert.throws(() => read(undefined, attributes("9007199254740993")), REFUSED);
  assert.equal(read(undefined, attributes("9007199254740991")).events.length, 7);
});

Deno.test("readCallRecord() says what it dropped and what looks like raw text", () => {
  assert.deepEqual(read().notes, []);
  const dropped = read((record) => {
    record.reference_digests.push({ ref_id: " ", sha256: "f".repeat(64) }, { ref_id: "x", sha256: "zz" });
    record.commitments[0].evidence_reference_digests = ["zz"];
  });
  assert.equal(dropped.notes.length, 2);
  assert.equal(dropped.references.length, 1);
  // deno-lint-ignore no-explicit-any -- as above
  const said = (record: any) => record.events[0].attributes = { asr: [{ text: "my card is 4111" }] };
  assert.equal(read(said).notes.length, 1);
  const apart = read((record) => {
    said(record);
    record.privacy_mode = "dispute_encrypted";
  });
  assert.deepEqual(apart.notes, []);
});

Deno.test("readCallRecord() drops repeated references and sorts the rest", () => {
  const { references } = read((record) =>
    record.reference_digests = [
      { ref_id: "b", sha256: "1".repeat(64) },
      { ref_id: "a ", sha256: "F".repeat(64) },
      { ref_id: "a", sha256: "f".repeat(64) },
      { ref_id: "a", sha256: "0".repeat(64) },
    ]
  );
  assert.deepEqual(references.map(({ ref_id, sha256 }) => ref_id + sha256[0]), ["a0", "af", "b1"]);
});

Deno.test("readCallRecord() says which event was meant, or that one is missing", () => {
  const renamed = (to: string) => () =>
    read((record) => {
      for (const event of record.events) if (event.event_type === "tts.emitted") event.event_type = to;
    });
  const hint = (pattern: RegExp) => (error: Error & { hint?: string }) => pattern.test(error.hint ?? "");
  assert.throws(renamed("tts.emited"), hint(/Did you mean tts\.emitted by "tts\.emited"\?/));
  assert.throws(renamed("spoken"), hint(/record what is missing/));
});
