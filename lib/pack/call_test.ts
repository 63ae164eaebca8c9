import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import {
  canonicalBytes,
  type JsonObject,
  readJson,
  readJsonLines,
  readJsonObject,
  writeJsonLines,
} from "../formats/json/mod.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { CALL_ENTRY } from "../schema/voice/layout.ts";
import { callPackSample, callRecord } from "../../tests/support/sample_calls.ts";
import { forge } from "../../tests/support/sample_packs.ts";
import { packSample, repack, testKey, unpack } from "../../tests/support/sample_run.ts";
import { readCallRecord } from "../voice/call/record.ts";
import { buildCallPack } from "./build_call.ts";
import { verifyPack } from "./verify.ts";

const FAILED = { code: "verification_failed" };
const pack = await callPackSample();
const contents = await unpack(pack);

/** A pack whose records of a list were changed, and whose manifest fits again. */
// deno-lint-ignore no-explicit-any -- records are broken on purpose
function withList(path: string, change: (records: any[]) => unknown): Promise<Uint8Array<ArrayBuffer>> {
  const records = [...readJsonLines(contents.get(path)!, path)].map(({ value }) => value as JsonObject);
  change(records);
  return forge(pack, { [path]: writeJsonLines(records) });
}

function withDocument(path: string, change: JsonObject): Promise<Uint8Array<ArrayBuffer>> {
  const document = readJsonObject(contents.get(path)!, { what: path });
  return forge(pack, { [path]: canonicalBytes({ ...document, ...change }) });
}

const findings = async (bytes: Uint8Array<ArrayBuffer>) =>
  (await verifyPack(bytes)).findings
    .filter(({ code }) => code !== "proof_record_contradicts")
    .map(({ code, severity }) => `${severity} ${code}`);

Deno.test("buildCallPack() makes a pack that verifies, strictly and signed, too", async () => {
  const plain = await verifyPack(pack);
  assert.equal(plain.ok, true);
  assert.deepEqual(plain.findings, []);
  assert.equal(plain.packType, "call");
  assert.equal(plain.sourceRef, "call_12");
  const key = await testKey(1);
  const demands = {
    trusted: { source: "flag", key: key.public },
    requireSignature: true,
    strict: true,
  } as const;
  assert.equal((await verifyPack(await callPackSample(key), demands)).ok, true);
});

Deno.test("buildCallPack() gives the same bytes for the same call, in whatever order its parts were given", async () => {
  const shuffled = await callPackSample(undefined, (record) => {
    record.events.reverse();
    record.gate_decisions[0].reason_codes = ["small_refund", "small_refund"];
  });
  assert.deepEqual(shuffled, pack);
});

Deno.test("buildCallPack() keeps the runpack byte for byte and writes null for no references", async () => {
  const { bytes } = await packSample();
  assert.deepEqual(contents.get(PACK_ENTRY.runpack), bytes);
  const bare = await unpack(await callPackSample(undefined, (record) => record.reference_digests = []));
  assert.deepEqual(bare.get(CALL_ENTRY.references), utf8("null"));
});

Deno.test("buildCallPack() refuses a runpack that is damaged or none", async () => {
  const record = readCallRecord(utf8(JSON.stringify(callRecord())), "call record");
  const damaged = new Map(await unpack((await packSample()).bytes));
  damaged.set("results.jsonl", utf8("{}\n"));
  for (const source of [await repack(damaged), utf8("garbage")]) {
    await assert.rejects(buildCallPack(record, source as Uint8Array<ArrayBuffer>, "1"), {
      code: "invalid_input",
    });
  }
});

Deno.test("verifyPack() refuses a callpack whose source is garbage, damaged or of another run", async () => {
  const damaged = new Map(await unpack((await packSample()).bytes));
  damaged.set("results.jsonl", utf8("{}\n"));
  for (
    const [source, code] of [
      [utf8("garbage"), "source_runpack_unreadable"],
      [new Uint8Array(), "source_runpack_unreadable"],
      [await repack(damaged), "source_runpack_damaged"],
      [(await packSample((run) => run.run.run_id = "run_other")).bytes, "payload_contradicts_source"],
    ] as const
  ) {
    const report = await verifyPack(
      await forge(pack, { [PACK_ENTRY.runpack]: source as Uint8Array<ArrayBuffer> }),
    );
    assert.equal(report.ok, false);
    assert.ok(report.findings.some((finding) => finding.code === code && finding.severity === "failure"));
  }
});

Deno.test("verifyPack() takes a callpack that does not name its run", async () => {
  const document = readJsonObject(contents.get(PACK_ENTRY.callPayload)!, { what: "payload" });
  const { run_id: _, ...silent } = document;
  assert.equal(
    (await verifyPack(await forge(pack, { [PACK_ENTRY.callPayload]: canonicalBytes(silent) }))).ok,
    true,
  );
});

Deno.test("verifyPack() applies the speak gate to a pack whose digests all hold", async () => {
  for (
    const forged of [
      withList(CALL_ENTRY.decisions, ([decision]) => decision.verdict = "block"),
      withList(CALL_ENTRY.decisions, ([decision]) => decision.call_seq = 6),
      withList(CALL_ENTRY.receipts, ([receipt]) => receipt.say_token_id = "say_2"),
      withList(CALL_ENTRY.receipts, ([receipt]) => receipt.turn_index = 5),
      withList(CALL_ENTRY.events, (events) => delete events[4].say_token_id),
      withList(CALL_ENTRY.events, (events) => events[5].call_seq = 1),
      withList(CALL_ENTRY.events, (events) => events[0].event_type = "other"),
    ]
  ) await assert.rejects(verifyPack(await forged), FAILED);
});

Deno.test("verifyPack() refuses callpacks whose parts disagree", async () => {
  for (
    const forged of [
      forge(pack, { [CALL_ENTRY.commitments]: undefined }),
      forge(pack, { [CALL_ENTRY.manifest]: undefined }),
      withDocument(PACK_ENTRY.callPayload, { event_count: 8 }),
      withDocument(PACK_ENTRY.callPayload, { call_id: "call_13" }),
      withDocument(PACK_ENTRY.callPayload, { privacy_mode: "dispute_encrypted" }),
      withDocument(PACK_ENTRY.callPayload, { note: "x" }),
      withDocument(CALL_ENTRY.manifest, { reference_digest_count: 0 }),
      withDocument(CALL_ENTRY.manifest, { created_at: "2026-03-02T09:05:01Z" }),
      withDocument(CALL_ENTRY.manifest, { environment_fingerprint: "other" }),
      withDocument(CALL_ENTRY.manifest, { producer_version: " " }),
      withDocument(CALL_ENTRY.manifest, { schema_id: "gait.pack.call" }),
      withList(CALL_ENTRY.commitments, ([one]) => one.call_id = "call_13"),
      withList(CALL_ENTRY.commitments, ([one]) => one.refund_ceiling_cents = -1),
      withList(CALL_ENTRY.events, ([event]) => event.note = "x"),
      withList(CALL_ENTRY.receipts, (receipts) => receipts.pop()),
      forge(pack, { [CALL_ENTRY.references]: "{}" }),
      forge(pack, { [CALL_ENTRY.references]: "null" }),
    ]
  ) await assert.rejects(verifyPack(await forged), FAILED);
});

Deno.test("verifyPack() compares times of a callpack as instants", async () => {
  const moved = await withDocument(CALL_ENTRY.manifest, { created_at: "2026-03-02T11:05:00+02:00" });
  assert.equal((await verifyPack(moved)).ok, true);
});

Deno.test("verifyPack() notes what does not fit together in a call, and fails by it when it is strict", async () => {
  for (
    const [made, code] of [
      [callPackSample(undefined, (record) => record.commitments = []), "speech_without_commitment"],
      [
        callPackSample(undefined, (record) => record.commitments[0].turn_index = 3),
        "speech_without_commitment",
      ],
      [
        callPackSample(undefined, (record) => record.commitments[0].call_seq = 6),
        "speech_without_commitment",
      ],
      [
        callPackSample(
          undefined,
          (record) => record.speak_receipts.push({ ...record.speak_receipts[0], call_seq: 6 }),
        ),
        "receipt_without_speech",
      ],
      [
        callPackSample(undefined, (record) => record.events.push({ ...record.events[4] })),
        "say_token_spoken_twice",
      ],
      [
        callPackSample(undefined, (record) => {
          // The same token for another turn, with decision, commitment and receipt of its own.
          record.events.push({ ...record.events[4], turn_index: 5, call_seq: 8 });
          record.commitments.push({ ...record.commitments[0], turn_index: 5, call_seq: 7 });
          record.gate_decisions.push({ ...record.gate_decisions[0], turn_index: 5, call_seq: 7 });
          record.speak_receipts.push({ ...record.speak_receipts[0], turn_index: 5, call_seq: 8 });
        }),
        "say_token_spoken_twice",
      ],
      [
        callPackSample(undefined, (record) => record.gate_decisions[0].intent_digest = "b".repeat(64)),
        "decision_contradicts_event",
      ],
      [
        callPackSample(
          undefined,
          (record) => record.events[4].attributes = { said: "I refund you 500 euros" },
        ),
        "raw_text_in_attributes",
      ],
    ] as const
  ) {
    const bytes = await made;
    assert.deepEqual(await findings(bytes), [`note ${code}`]);
    assert.equal((await verifyPack(bytes)).ok, true);
    assert.equal((await verifyPack(bytes, { strict: true })).ok, false);
  }
});

Deno.test("verifyPack() reads numbers of a callpack as they are written, or not at all", async () => {
  const text = new TextDecoder().decode(contents.get(CALL_ENTRY.commitments)!);
  const events = new TextDecoder().decode(contents.get(CALL_ENTRY.events)!);
  for (const number of ["9007199254740993", "9007199254740992", "1e400", "5e4"]) {
    const amount = text.replace('"refund_ceiling_cents":50000', `"refund_ceiling_cents":${number}`);
    assert.notEqual(amount, text);
    await assert.rejects(verifyPack(await forge(pack, { [CALL_ENTRY.commitments]: amount })), FAILED, number);
  }
  const latency = events.replace('"latency_ms":120', '"latency_ms":9007199254740993');
  await assert.rejects(verifyPack(await forge(pack, { [CALL_ENTRY.events]: latency })), FAILED);
});

Deno.test("references of a callpack are verified in their normal form", async () => {
  const references = readJson(contents.get(CALL_ENTRY.references)!, { what: "references" }) as JsonObject[];
  const doubled = canonicalBytes([...references, { ref_id: " tariff", sha256: "F".repeat(64) }]);
  assert.equal((await verifyPack(await forge(pack, { [CALL_ENTRY.references]: doubled }))).ok, true);
});
