import assert from "node:assert/strict";
import { AROUND, packSample, repack, testKey, unpack } from "../../tests/support/sample_run.ts";
import { base64, equalBytes, utf8 } from "../formats/bytes.ts";
import {
  canonicalBytes,
  canonicalize,
  type JsonObject,
  readJson,
  readJsonLines,
} from "../formats/json/mod.ts";
import { digestOf, sha256 } from "../signing/mod.ts";
import { demoRun, FIXED_CONTEXT } from "./demo.ts";
import { readRunpack } from "./read.ts";
import { recordRun } from "./record.ts";
import { readRecordInput, withRunId } from "./record_input.ts";
import { verifyRunpack } from "./verify.ts";

const INVALID = { code: "invalid_input" };
// deno-lint-ignore no-explicit-any -- records of any shape
type Any = any;

async function entry(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Any> {
  return readJson((await unpack(bytes)).get(name)!, { what: name });
}

async function lines(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Any[]> {
  return [...readJsonLines((await unpack(bytes)).get(name)!, name)].map(({ value }) => value);
}

Deno.test("recordRun() gives the demo the manifest digest of docs/spec/core.md section 10", async () => {
  const packed = await recordRun(await demoRun("0.0.0-dev"), FIXED_CONTEXT);
  assert.equal(packed.manifestDigest, "9c5e26434c6bf03937ef7260c9e9cd9ea89da7b0d2ff36add83101929ee00c04");
  assert.equal((await verifyRunpack(packed.bytes)).ok, true);
});

Deno.test("recordRun() gives the same bytes twice, signed or not", async () => {
  const key = await testKey(1);
  assert.ok(equalBytes((await packSample()).bytes, (await packSample()).bytes));
  assert.ok(equalBytes((await packSample(undefined, key)).bytes, (await packSample(undefined, key)).bytes));
});

Deno.test("recordRun() does not depend on the order of members or receipts in its input", async () => {
  const turned = await packSample((run) => {
    run.refs.receipts.reverse();
    run.intents = run.intents.map((intent: Any) => Object.fromEntries(Object.entries(intent).reverse()));
  });
  assert.ok(equalBytes(turned.bytes, (await packSample()).bytes));
});

Deno.test("recordRun() writes five entries in canonical form", async () => {
  const { bytes, manifest } = await packSample();
  const contents = await unpack(bytes);
  assert.deepEqual([...contents.keys()], [
    "intents.jsonl",
    "manifest.json",
    "refs.json",
    "results.jsonl",
    "run.json",
  ]);
  for (const [name, content] of contents) {
    const text = new TextDecoder().decode(content);
    const documents = name.endsWith(".jsonl") ? text.split("\n").slice(0, -1) : [text];
    for (const document of documents) assert.equal(canonicalize(JSON.parse(document)), document);
    if (name.endsWith(".jsonl")) assert.ok(text.endsWith("}\n"));
    if (name === "manifest.json") assert.equal(text, manifest);
  }
});

Deno.test("recordRun() lists its files with their digests and computes the manifest digest as docs/spec/core.md 4.2 says", async () => {
  const { bytes, manifestDigest } = await packSample();
  const contents = await unpack(bytes);
  const manifest = await entry(bytes, "manifest.json");
  assert.deepEqual(manifest.files.map((file: Any) => file.path), [
    "intents.jsonl",
    "refs.json",
    "results.jsonl",
    "run.json",
  ]);
  for (const file of manifest.files) {
    assert.equal(file.sha256, await sha256(Uint8Array.from(contents.get(file.path)!)));
  }
  assert.equal(manifest.manifest_digest, manifestDigest);
  assert.equal(await digestOf({ ...manifest, manifest_digest: "" }), manifestDigest);
});

Deno.test("recordRun() signs the complete manifest", async () => {
  const key = await testKey(1);
  const { bytes } = await packSample(undefined, key);
  const { signatures: [signature], ...rest } = await entry(bytes, "manifest.json");
  assert.deepEqual([signature.alg, signature.key_id, signature.signed_digest], [
    "ed25519",
    key.public.id,
    await digestOf(rest),
  ]);
  const raw = Uint8Array.from(signature.signed_digest.match(/../g).map((pair: string) => parseInt(pair, 16)));
  assert.equal(signature.sig, base64(new Uint8Array(await crypto.subtle.sign("Ed25519", key.handle, raw))));
});

Deno.test("recordRun() fills in what a run does not say, and keeps what it says", async () => {
  const { bytes } = await packSample((run) => {
    run.run = { run_id: "run_bare", schema_id: "made.up" };
    run.intents[0].run_id = "another";
    run.intents[0].created_at = "2020-01-01T00:00:00+02:00";
    delete run.capture_mode;
    run.refs = null;
  });
  assert.deepEqual(await entry(bytes, "run.json"), {
    schema_id: "made.up",
    schema_version: "1.0.0",
    created_at: AROUND.now,
    producer_version: AROUND.producer,
    run_id: "run_bare",
    env: { os: "testos", arch: "testarch", runtime: "deno" },
    timeline: null,
  });
  const [first, second] = await lines(bytes, "intents.jsonl");
  assert.deepEqual([first.run_id, first.created_at], ["another", "2020-01-01T00:00:00+02:00"]);
  assert.deepEqual([second.run_id, second.created_at, second.schema_id], [
    "run_bare",
    AROUND.now,
    "gait.runpack.intent",
  ]);
  assert.equal((await entry(bytes, "manifest.json")).capture_mode, "reference");
  assert.deepEqual((await entry(bytes, "refs.json")).receipts, []);
});

Deno.test("recordRun() derives digests from payloads and refuses records that have neither", async () => {
  const { bytes } = await packSample((run) => {
    run.intents[1].args = {};
    run.intents[2].args_digest = "kept as it is";
  });
  const intents = await lines(bytes, "intents.jsonl");
  assert.equal(intents[0].args_digest, await digestOf({ query: "q", input_ref: "ref_1" }));
  assert.equal(intents[1].args_digest, await digestOf({}));
  assert.equal(intents[2].args_digest, "kept as it is");
  await assert.rejects(packSample((run) => delete run.intents[0].args), INVALID);
  await assert.rejects(packSample((run) => run.results[0].result = null), INVALID);
  await assert.rejects(packSample((run) => run.run.run_id = ""), INVALID);
});

Deno.test("recordRun() lets a normalization payload decide over the digest, and refuses a contradiction", async () => {
  const normalized = await packSample((run) => {
    run.normalization = { intent_args: { i1: { a: 1 }, i2: null, unknown: 7 }, result_payloads: { i1: {} } };
  });
  const intents = await lines(normalized.bytes, "intents.jsonl");
  assert.equal(intents[0].args_digest, await digestOf({ a: 1 }));
  assert.equal(intents[1].args_digest, await digestOf(null));
  assert.deepEqual(intents[0].args, { query: "q", input_ref: "ref_1" });
  const digest = (await digestOf({ a: 1 })).toUpperCase();
  await packSample((run) => {
    run.normalization = { intent_args: { i1: { a: 1 } } };
    run.intents[0].args_digest = digest;
  });
  for (const intent_args of [{ i1: { a: 2 } }, { i1: [] }, { i1: 1 }]) {
    await assert.rejects(
      packSample((run) => {
        run.normalization = { intent_args };
        run.intents[0].args_digest = digest;
      }),
      INVALID,
    );
  }
});

Deno.test("recordRun() takes no normalization payload from a prototype", async () => {
  for (const id of ["__proto__", "constructor", "toString"]) {
    const { bytes } = await packSample((run) => {
      run.intents[0].intent_id = id;
      run.normalization = { intent_args: {} };
    });
    assert.equal(
      (await lines(bytes, "intents.jsonl"))[0].args_digest,
      await digestOf({ query: "q", input_ref: "ref_1" }),
    );
  }
});

Deno.test("recordRun() strips payloads after it took their digests", async () => {
  const input = readRecordInput(utf8(JSON.stringify({
    run: { run_id: "r" },
    intents: [{ intent_id: "i", tool_name: "t", args: { secret: "s3cret" } }],
    results: [{ intent_id: "i", status: "ok", result: { secret: "s3cret" } }],
  })));
  const { bytes } = await recordRun(input, AROUND, { stripPayloads: true });
  const [intent] = await lines(bytes, "intents.jsonl");
  assert.equal(intent.args_digest, await digestOf({ secret: "s3cret" }));
  for (const content of (await unpack(bytes)).values()) {
    assert.equal(new TextDecoder().decode(content).includes("s3cret"), false);
  }
  assert.equal((await verifyRunpack(bytes)).ok, true);
});

Deno.test("recordRun() derives the digests of trace receipts and refuses other ones", async () => {
  const receipt = {
    ref_id: " trace_i1 ",
    source_type: " Gait.Trace ",
    source_locator: "l",
    redaction_mode: "reference",
    query_digest: "",
    content_digest: "",
  };
  const packed = await packSample((run) => run.refs.receipts = [receipt]);
  const [intent] = await lines(packed.bytes, "intents.jsonl");
  const [result] = await lines(packed.bytes, "results.jsonl");
  const [stored] = (await entry(packed.bytes, "refs.json")).receipts;
  assert.equal(
    stored.query_digest,
    await digestOf({ args_digest: intent.args_digest, tool_name: "tool.search" }),
  );
  assert.equal(stored.content_digest, result.result_digest);
  const bad: JsonObject[] = [
    { ref_id: "trace_absent" },
    { ref_id: "trace_i3" },
    { query_digest: "00".repeat(32) },
    { content_digest: "00".repeat(32) },
    { source_type: "web" },
    { ref_id: "other" },
  ];
  for (const change of bad) {
    await assert.rejects(packSample((run) => run.refs.receipts = [{ ...receipt, ...change }]), INVALID);
  }
});

Deno.test("recordRun() normalises refs as docs/spec/core.md 4.5 step 6 says", async () => {
  const { bytes } = await packSample((run) => {
    run.refs.context_evidence_mode = " Required ";
    run.refs.context_set_digest = ` ${"AB".repeat(32)} `;
    run.refs.receipts[0].immutability = " MUTABLE ";
    run.refs.receipts[0].query_digest = " ABC ";
    run.refs.receipts[0].retrieved_at = "2026-03-01T09:00:00.50+01:00";
    delete run.refs.receipts[1].retrieved_at;
  });
  const refs = await entry(bytes, "refs.json");
  assert.deepEqual(
    [refs.context_evidence_mode, refs.context_set_digest, refs.context_ref_count],
    ["required", "ab".repeat(32), 4],
  );
  const byId = (id: string) => refs.receipts.find((receipt: Any) => receipt.ref_id === id);
  assert.deepEqual(
    [byId("ref_3").immutability, byId("ref_3").query_digest, byId("ref_3").retrieved_at],
    ["mutable", "abc", "2026-03-01T08:00:00.5Z"],
  );
  assert.deepEqual([byId("ref_1").immutability, byId("ref_1").retrieved_at], [
    "unknown",
    "1980-01-01T00:00:00Z",
  ]);
  const bad: JsonObject[] = [
    { context_evidence_mode: "maybe" },
    { context_set_digest: "abc" },
    { context_ref_count: -1 },
  ];
  for (const change of bad) {
    await assert.rejects(packSample((run) => Object.assign(run.refs, change)), INVALID);
  }
});

Deno.test("recordRun() keeps the order of receipts with equal ids", async () => {
  const { bytes } = await packSample((run) => {
    run.refs.receipts = ["b", "a", "b", "a"].map((ref_id, i) => ({
      ...run.refs.receipts[0],
      ref_id,
      source_locator: `${i}`,
    }));
  });
  const refs = await entry(bytes, "refs.json");
  assert.deepEqual(refs.receipts.map((receipt: Any) => receipt.ref_id + receipt.source_locator), [
    "a1",
    "a3",
    "b0",
    "b2",
  ]);
});

Deno.test("recordRun() gives a pack that reads back as the same records, and records again as the same bytes", async () => {
  const packed = await packSample();
  const { run, intents, results, refs, manifest } = await readRunpack(packed.bytes);
  const again = await recordRun({
    run,
    intents: [...intents],
    results: [...results],
    refs,
    capture_mode: manifest.capture_mode,
    normalization: { intent_args: undefined, result_payloads: undefined },
  }, FIXED_CONTEXT);
  assert.ok(equalBytes(again.bytes, packed.bytes));
});

Deno.test("recordRun() hashes bad UTF-8 as it stores it", async () => {
  const text = JSON.stringify({
    run: { run_id: "r" },
    intents: [{ intent_id: "i", tool_name: "t", args: { a: "BAD" } }],
  });
  const bytes = utf8(text);
  bytes.set([0xff, 0xe2, 0x82], text.indexOf("BAD"));
  const packed = await recordRun(readRecordInput(bytes), AROUND);
  const [intent] = await lines(packed.bytes, "intents.jsonl");
  assert.equal(intent.args.a, "\ufffd\ufffd\ufffd");
  assert.equal(intent.args_digest, await digestOf(intent.args));
});

Deno.test("withRunId() puts one id on everything", () => {
  const input = readRecordInput(canonicalBytes({
    run: { run_id: "old" },
    intents: [{ intent_id: "i", run_id: "x" }],
    results: [{ intent_id: "i" }],
    refs: { run_id: "y" },
  }));
  const { run, intents, results, refs } = withRunId(input, "new");
  assert.deepEqual([run, ...intents, ...results, refs].map((record) => record.run_id), [
    "new",
    "new",
    "new",
    "new",
  ]);
});

Deno.test("recordRun() gives a large run the bytes of its lines written as a whole, and the same digests", async () => {
  const COUNT = 4000; // several pieces of lines
  const large = (count: number) => (run: Any) => {
    run.intents = Array.from({ length: count }, (_, i) => ({
      intent_id: `i${i}`,
      tool_name: "t",
      args: { text: "é".repeat(50 + i % 50), i },
    }));
    run.results = run.intents.map(({ intent_id }: Any) => ({
      intent_id,
      status: "ok",
      result: { intent_id },
    }));
    run.refs = undefined;
  };
  const { bytes, isEasilyRead } = await packSample(large(COUNT));
  assert.equal(isEasilyRead, true);
  assert.equal((await verifyRunpack(bytes)).ok, true);
  const contents = await unpack(bytes);
  assert.ok(contents.get("intents.jsonl")!.length > 3 * 2 ** 18);
  const { intents, results } = await readRunpack(bytes);
  assert.deepEqual([intents.length, results.length], [COUNT, COUNT]);
  for (const i of [0, 1, COUNT - 1]) {
    assert.deepEqual(intents[i]!.args, { text: "é".repeat(50 + i % 50), i });
    assert.equal(intents[i]!.args_digest, await digestOf(intents[i]!.args!));
  }
  assert.ok(equalBytes(bytes, await repack(contents)));
});

Deno.test("recordRun() refuses a bad record of a large run as in a small one", async () => {
  const bad = (run: Any) => {
    run.intents = Array.from({ length: 5000 }, (_, i) => ({
      intent_id: `i${i}`,
      tool_name: "t",
      ...i === 4999 ? {} : { args: { text: "x".repeat(200) } },
    }));
    run.results = [];
    run.refs = undefined;
  };
  await assert.rejects(packSample(bad), INVALID);
});
