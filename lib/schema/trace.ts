import * as v from "valibot";
import { text } from "./fields.ts";
import { signatureSchema } from "./runpack.ts";

/** What a check of a trace record needs to know of it (spec/core.md section 8). */
export const traceSchema = v.object({
  trace_id: text,
  verdict: text,
  signature: v.nullish(signatureSchema),
});
