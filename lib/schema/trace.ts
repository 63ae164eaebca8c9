import * as v from "valibot";
import { object, text, texts } from "./fields.ts";
import { signatureSchema } from "./runpack_manifest.ts";

/** The members of a trace record that verification needs (docs/spec/core.md section 8). */
export const traceSchema = object({
  trace_id: text,
  verdict: text,
  signature: v.nullish(signatureSchema),
});

/** The members of a stopped call's trace that an approver needs (docs/spec/gate.md 5.1). */
export const stoppedTraceSchema = object({
  schema_id: text,
  trace_id: text,
  observed_at: text,
  tool_name: text,
  args_digest: text,
  intent_digest: text,
  policy_digest: text,
  matched_rule_ids: texts,
  verdict: text,
  violations: texts,
  delegation_ref: v.nullish(object({ requester_identity: text, chain_digest: text })),
});
