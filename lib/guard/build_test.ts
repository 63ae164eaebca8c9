import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeUtf8 } from "../formats/bytes.ts";
import { readJson, readJsonObject } from "../formats/json/mod.ts";
import {
  anAudit,
  aTrace,
  evidenceFolder,
  evidencePack,
  RUNPACK,
  signedTrace,
} from "../../tests/support/sample_evidence.ts";
import { testKey, unpack } from "../../tests/support/sample_run.ts";
import { summaryPdf } from "./summary_pdf.ts";
import { chooseTemplate } from "./templates.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { buildEvidencePack, locateRun } from "./build.ts";
import { NO_PATHS } from "./read_evidence.ts";
import { PLAIN } from "../../tests/support/sample_evidence.ts";

const INVALID = { code: "invalid_input" };

Deno.test("the same evidence gives the same bytes, whatever the order of its paths", async () => {
  const files = await evidenceFolder({ "a.json": aTrace(), "b.json": aTrace({ trace_id: "trace_0" }) });
  const key = await testKey(1);
  const [left, right] = [
    await evidencePack(files, { traces: ["b.json", " a.json", "b.json", ""] }, { key }),
    await evidencePack(files, { traces: ["a.json", "b.json"] }, { key }),
  ];
  assert.deepEqual(left.pack.bytes, right.pack.bytes);
  const summary = readJsonObject((await unpack(left.pack.bytes)).get("trace_summary.json")!, { what: "s" });
  assert.deepEqual(summary, {
    total: 2,
    traces: [
      { trace_id: "trace_0", tool_name: "tool.search", verdict: "allow" },
      { trace_id: "trace_1", tool_name: "tool.search", verdict: "allow" },
    ],
    verdict_counts: { allow: 2 },
  });
});

Deno.test("the summary of traces counts the allow of a simulation as dry_run", async () => {
  const files = await evidenceFolder({ "a.json": aTrace({ simulated: true }), "b.json": aTrace() });
  const { pack } = await evidencePack(files, { traces: ["a.json", "b.json"] }, { key: await testKey(1) });
  const summary = readJsonObject((await unpack(pack.bytes)).get("trace_summary.json")!, { what: "s" });
  assert.deepEqual(summary["verdict_counts"], { allow: 1, dry_run: 1 });
});

Deno.test("records are found beside the runpack by name, never by a pattern that its folder makes", async () => {
  const base = await evidenceFolder();
  const files = memoryFiles({
    "g*/runpack_run_sample.zip": await base.read(RUNPACK),
    "g*/approval_audit_own.json": JSON.stringify(anAudit({ trace_id: "own" })),
    "g1/approval_audit_foreign.json": JSON.stringify(anAudit({ trace_id: "foreign" })),
    "g*/sub/approval_audit_below.json": JSON.stringify(anAudit({ trace_id: "below" })),
  });
  const run = await locateRun("g*/runpack_run_sample.zip", { files, home: undefined, now: () => 0 });
  const { pack, path } = await buildEvidencePack(run, NO_PATHS, PLAIN, files);
  const entries = await unpack(pack.bytes);
  assert.deepEqual([...entries.keys()].filter((name) => name.startsWith("approval")), [
    "approval_audit_01.json",
  ]);
  assert.equal(readJsonObject(entries.get("approval_audit_01.json")!, { what: "a" }).trace_id, "own");
  assert.equal(path, `g*/evidence_pack_${pack.packId}.zip`);
});

Deno.test("a file of another kind, with a key twice or of a wrong type is no evidence", async () => {
  const files = await evidenceFolder({
    "audit.json": anAudit(),
    "twice.json": '{"trace_id":"a","trace_id":"b"}',
    "typed.json": '{"trace_id":1}',
    "time.json": '{"created_at":"soon"}',
    "behind.json": "{} {}",
    "list.json": "[]",
  });
  for (
    const path of [
      "audit.json",
      "twice.json",
      "typed.json",
      "time.json",
      "behind.json",
      "list.json",
      "my_block.json",
    ]
  ) {
    await assert.rejects(evidencePack(files, { traces: [path] }), INVALID, path);
  }
  await assert.rejects(evidencePack(files, { approvals: ["twice.json"] }), INVALID);
});

Deno.test("what was changed after a trusted key signed it is not vouched for", async () => {
  const key = await testKey(3);
  const trace = await signedTrace(key);
  const files = await evidenceFolder({ "t.json": { ...trace, verdict: "block" }, "good.json": trace });
  const trusted = {
    source: "store" as const,
    keys: new Map([[key.public.id, { key: key.public, name: "gate" }]]),
  };
  await assert.rejects(evidencePack(files, { traces: ["t.json"] }, { trusted }), {
    code: "verification_failed",
  });
  const { traces } = await evidencePack(files, { traces: ["good.json"] }, { trusted });
  assert.deepEqual(traces, [{ traceId: "trace_1", status: "verified" }]);
  assert.equal((await evidencePack(files, { traces: ["t.json"] })).traces[0]!.status, "skipped");
});

Deno.test("an unknown template is told, a blank one is soc2", () => {
  assert.deepEqual(chooseTemplate(" PCI "), { id: "pci", warnings: [] });
  assert.deepEqual(chooseTemplate(" ").id, "soc2");
  const { id, warnings } = chooseTemplate("hipaa");
  assert.deepEqual([id, warnings.length], ["incident_response", 1]);
});

Deno.test("records keep their known members, later ones too, and lose the rest", async () => {
  const files = await evidenceFolder({
    "gait-out/credential_evidence_1.json": {
      schema_id: "gait.gate.broker_credential_record",
      created_at: "2026-03-01T09:05:00.500+02:00",
      credential_issuer: "vault",
      request_digest: "ab".repeat(32),
      secret: "never",
    },
    "gait-out/approval_audit_1.json": anAudit(),
  });
  const entries = await unpack((await evidencePack(files)).pack.bytes);
  const record = readJsonObject(entries.get("credential_evidence_01.json")!, { what: "c" });
  assert.deepEqual(
    [
      record.credential_issuer,
      record.request_digest,
      record.created_at,
      "secret" in record,
      "scope" in record,
    ],
    ["vault", "ab".repeat(32), "2026-03-01T09:05:00.5+02:00", false, false],
  );
  const audit = readJsonObject(entries.get("approval_audit_01.json")!, { what: "a" });
  assert.deepEqual([audit.entries, audit.approved, audit.required_approvals], [null, false, 0]);
});

Deno.test("a case id is shown as it is, so it holds no control characters", async () => {
  const files = await evidenceFolder();
  await assert.rejects(evidencePack(files, {}, { caseId: "a\nb" }), INVALID);
  const { pack } = await evidencePack(files, {}, { caseId: " C-1 ", renderPdf: true });
  const entries = await unpack(pack.bytes);
  assert.equal(readJsonObject(entries.get("pack_manifest.json")!, { what: "m" }).case_id, "C-1");
  assert.ok(decodeUtf8(entries.get("summary.pdf")!).includes("(Case ID: C-1) Tj"));
  assert.ok(Array.isArray(readJson(entries.get("control_index.json")!, { what: "i" })));
});

Deno.test("no text ends its own string in a PDF, and the offsets of its table are right", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 5 }), (lines) => {
    const bytes = summaryPdf(lines);
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)![1]);
    const rows = text.slice(start).split("\n").slice(3, 8);
    rows.forEach((row, i) => assert.ok(text.startsWith(`${i + 1} 0 obj\n`, Number(row.slice(0, 10)))));
    const [, length, stream] = /<< \/Length (\d+) >>\nstream\n([^]*)\nendstream\nendobj\n5 0 obj/.exec(text)!;
    assert.equal(stream!.length, Number(length));
    assert.equal(stream!.replace(/\\[^]/g, "").split("(").length, lines.length + 1);
    assert.equal(stream!.replace(/\\[^]/g, "").split(")").length, lines.length + 1);
  }));
});
