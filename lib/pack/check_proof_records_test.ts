import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { type JsonObject, readJsonObject, writeJsonLines } from "../formats/json/mod.ts";
import { digestOf, type TrustedKeys } from "../signing/mod.ts";
import { testKey } from "../../tests/support/sample_run.ts";
import { checkProofRecords } from "./check_proof_records.ts";
import { makeProofRecords } from "./seal.ts";

const IDENTITY = { packType: "run", sourceRef: "r", producerVersion: "1" };
const ENTRY = { path: "a.json", type: "json", sha256: "ab".repeat(32), size: 1, mode: 0o644 };

async function check(bytes: Uint8Array, trusted?: TrustedKeys) {
  return await checkProofRecords(
    (async function* () {
      yield bytes;
    })(),
    () => {},
    trusted,
  );
}

/** A record with more in it, and the hash of exactly these members (docs/spec/pack.md 1.5). */
async function recordWith(more: JsonObject, hashed: JsonObject = more): Promise<Uint8Array<ArrayBuffer>> {
  const made = readJsonObject(await makeProofRecords([ENTRY], IDENTITY), { what: "record" });
  const { integrity: _, ...known } = made;
  const hash = await digestOf({ ...known, ...hashed, integrity: { previous_record_hash: "" } });
  return writeJsonLines([{ ...known, ...more, integrity: { record_hash: `sha256:${hash}` } }]);
}

Deno.test("checkProofRecords() takes a relationship of known kinds, and refuses every other", async () => {
  const node = { kind: "trace", id: "t" };
  const known: JsonObject = {
    parent_ref: { kind: "session", id: "s" },
    entity_refs: [node],
    agent_chain: [{ identity: "a", role: "requester" }],
    edges: [{ kind: "governed_by", from: node, to: node }],
  };
  for (const name of ["relationship", "relations"]) {
    assert.equal((await check(await recordWith({ [name]: known }))).records, 1);
    for (
      const odd of [
        { parent_ref: { kind: "tool", id: "s" } },
        { parent_ref: { kind: "session", id: "" } },
        { entity_refs: [{ kind: "session", id: "s" }] },
        { entity_refs: {} },
        { entity_refs: ["trace"] },
        { agent_chain: [{ identity: "a", role: "boss" }] },
        { agent_chain: [{ identity: "", role: "requester" }] },
        { edges: [{ kind: "likes", from: node, to: node }] },
        { edges: [{ kind: "calls", from: node }] },
      ] as JsonObject[]
    ) {
      const bytes = await recordWith({ [name]: { ...known, ...odd } });
      await assert.rejects(check(bytes), { code: "invalid_input" }, JSON.stringify(odd));
    }
  }
});

Deno.test("checkProofRecords() requires a relationship covered by the hash, and nothing that is unknown", async () => {
  const more = { relationship: { entity_refs: [] } };
  await assert.rejects(check(await recordWith(more, {})), { code: "invalid_input" });
  assert.equal((await check(await recordWith({ remark: "x" }, {}))).records, 1);
});

Deno.test("checkProofRecords() takes a signature only under the id of the key that made it", async () => {
  const key = await testKey(1);
  const trusted: TrustedKeys = { source: "flag", key: key.public };
  const signed = readJsonObject(await makeProofRecords([ENTRY], IDENTITY, key), { what: "record" });
  const integrity = signed.integrity as JsonObject;
  const problems = async (change: Partial<Record<keyof typeof integrity, string | undefined>>) => {
    const record = { ...signed, integrity: { ...integrity, ...change } };
    return (await check(utf8(JSON.stringify(record)), trusted)).signatureErrors.length;
  };
  assert.equal(await problems({}), 0);
  for (
    const change of [
      { signing_key_id: (await testKey(2)).public.id },
      { signing_key_id: "" },
      { signature: undefined },
      { signature: "base64:AAAA" },
      { signature: "base64:?" },
      { signature: `cosign:${String(integrity.signature).slice("base64:".length)}` },
      { signature: `base64:${btoa("x".repeat(64))}` },
    ]
  ) assert.equal(await problems(change), 1, JSON.stringify(change));
});
