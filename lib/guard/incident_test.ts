import assert from "node:assert/strict";
import fc from "fast-check";
import { compareInstants, timeOfMillis, unixNanos } from "../formats/time.ts";
import { FAKE_NOW } from "../../tests/support/fake_effects.ts";
import { anAudit, aTrace, evidenceFolder, PLAIN, RUNPACK } from "../../tests/support/sample_evidence.ts";
import type { MemoryFiles } from "../../tests/support/memory_files.ts";
import { testKey, unpack } from "../../tests/support/sample_run.ts";
import { locateRun } from "./build.ts";
import { buildIncidentPack, incidentWindow } from "./incident.ts";
import { verifyEvidencePack } from "./verify.ts";

async function incident(files: MemoryFiles, window: string, options = {}) {
  const run = await locateRun(RUNPACK, { files, home: undefined, now: () => FAKE_NOW });
  return await buildIncidentPack(run, incidentWindow(run.createdAt, window), { ...PLAIN, ...options }, files);
}

Deno.test("a window is as long on both sides, a day when it is not positive", () => {
  const anchor = timeOfMillis(Date.UTC(2026, 2, 1, 10));
  const ends = (given: string) => {
    const { from, to } = incidentWindow(anchor, given);
    return [from, to];
  };
  assert.deepEqual(ends(" 1.5s "), ["2026-03-01T09:59:58.5Z", "2026-03-01T10:00:01.5Z"]);
  for (const day of ["0", "-5m", "24h"]) {
    assert.deepEqual(ends(day), ["2026-02-28T10:00:00Z", "2026-03-02T10:00:00Z"]);
  }
  assert.equal(ends("2000000h")[0], "1798-01-02T02:00:00Z", "times before 1970 are times");
  for (const bad of ["", "7d", "soon", "1h "]) {
    if (bad === "1h ") assert.equal(ends(bad).length, 2);
    else assert.throws(() => incidentWindow(anchor, bad), { code: "invalid_input" });
  }
  assert.throws(() => incidentWindow(timeOfMillis(-62135596800000), "2562047h"), { code: "invalid_input" });
});

Deno.test("the ends of a window are that far from its middle, to the nanosecond", () => {
  const anchor = timeOfMillis(FAKE_NOW);
  fc.assert(fc.property(fc.bigInt({ min: 1n, max: 10n ** 18n }), (nanoseconds) => {
    const { from, to } = incidentWindow(anchor, `${nanoseconds}ns`);
    assert.ok(compareInstants(from, to) < 0);
    assert.equal(unixNanos(to) - unixNanos(anchor), nanoseconds);
    assert.equal(unixNanos(anchor) - unixNanos(from), nanoseconds);
  }));
});

Deno.test("what lies out of the window stays out, also where nothing lies in it", async () => {
  const late = { created_at: "2026-05-01T00:00:00Z" };
  const files = await evidenceFolder({
    "gait-out/approval_audit_late.json": anAudit(late),
    "gait-out/credential_evidence_late.json": { schema_id: "gait.gate.broker_credential_record", ...late },
    "gait-out/trace_late.json": aTrace(late),
  });
  const { pack, counts } = await incident(files, "1h");
  assert.deepEqual(counts, { traces: 0, regress: 0, approvals: 0, credentials: 0 });
  assert.deepEqual(
    [...(await unpack(pack.bytes)).keys()].filter((name) => /^(approval|credential|trace)/.test(name)),
    [],
  );
});

Deno.test("records of other traces, of other kinds and of other folders stay out", async () => {
  const files = await evidenceFolder({
    "gait-out/trace_1.json": aTrace(),
    "gait-out/trace_audit.json": anAudit(),
    "gait-out/sub/trace_2.json": aTrace({ trace_id: "trace_2" }),
    "gait-out/approval_audit_1.json": anAudit(),
    "gait-out/approval_audit_2.json": anAudit({ trace_id: "other" }),
    "gait-out/regress_config.json": { schema_id: "gait.regress.config", created_at: "2026-03-01T09:05:00Z" },
  });
  const { counts, policyDigests, warnings } = await incident(files, "1h");
  assert.deepEqual(counts, { traces: 1, regress: 0, approvals: 1, credentials: 0 });
  assert.deepEqual(warnings.map((warning) => warning.split(" is left out: ")[0]), [
    '"gait-out/trace_audit.json"',
    '"gait-out/regress_config.json"',
  ]);
  assert.deepEqual(policyDigests, ["ab".repeat(32)]);
});

Deno.test("an incident pack is signed when a key is given, and holds its originals when they are asked for", async () => {
  const key = await testKey(4);
  const files = await evidenceFolder({ "gait-out/trace_1.json": aTrace() });
  const { pack } = await incident(files, "1h", { key, attach: true });
  const trusted = { source: "flag" as const, key: key.public };
  const report = await verifyEvidencePack(pack.bytes, { trusted, requireSignature: true });
  assert.deepEqual([report.ok, report.originals.length], [true, 2], JSON.stringify(report));
  const plain = await verifyEvidencePack((await incident(files, "1h")).pack.bytes, {
    trusted,
    requireSignature: false,
  });
  assert.deepEqual([plain.ok, plain.signature.status], [false, "missing"]);
});
