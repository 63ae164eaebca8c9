import assert from "node:assert/strict";
import { audited, auditIdsIn, auditRecordId, withoutOthers } from "./audit_ids.ts";

const AUDIT = { trace_id: "t", approved: true };
const named = async (...audits: Record<string, string | boolean>[]) => ({
  relationship: {
    related_record_ids: [
      "anything",
      ...await Promise.all(audits.map((audit) => auditRecordId("approval_audit", audit))),
    ],
  },
});

Deno.test("a trace names an audit by kind and content, however its JSON is spelled", async () => {
  const trace = await named(AUDIT);
  assert.equal(await audited("approval_audit", { approved: true, trace_id: "t" }, [trace]), "named");
  assert.equal(await audited("approval_audit", { ...AUDIT, approved: false }, [trace]), "foreign");
  assert.equal(await audited("approval_audit", { ...AUDIT, more: 1 }, [trace]), "foreign");
  assert.equal(await audited("delegation_audit", AUDIT, [trace]), "unnamed");
});

Deno.test("traces of other programs name no audit, whatever they have in that place", async () => {
  for (
    const relationship of [undefined, null, [], "x", { related_record_ids: "x" }, { related_record_ids: [1] }]
  ) {
    const trace = relationship === undefined ? {} : { relationship };
    assert.deepEqual(auditIdsIn(trace, "approval_audit"), []);
    assert.equal(await audited("approval_audit", AUDIT, [trace]), "unnamed");
  }
  assert.equal(await audited("approval_audit", AUDIT, []), "unnamed");
});

Deno.test("audits of other decisions are left out where the named one is there, and kept where it is not", async () => {
  const other = { ...AUDIT, approved: false };
  const [trace, of] = [await named(AUDIT), (document: typeof AUDIT) => ({ traceId: "t", document })];
  assert.deepEqual(await withoutOthers("approval_audit", [other, AUDIT], of, () => [trace]), [AUDIT]);
  assert.deepEqual(await withoutOthers("approval_audit", [other], of, () => [trace]), [other]);
});
