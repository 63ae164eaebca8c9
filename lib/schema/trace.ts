import * as v from "valibot";
import { object, text } from "./fields.ts";
import { signatureSchema } from "./runpack_manifest.ts";

/** What a check of a trace record needs to know of it (spec/core.md section 8). */
export const traceSchema = object({
  trace_id: text,
  verdict: text,
  signature: v.nullish(signatureSchema),
});
