import * as v from "valibot";
import { integer, object, text } from "./fields.ts";

export const RECEIPT_SCHEMA_ID = "gait.capture.receipt";

/** Where a run, a checkpoint or a trace was when it was captured (docs/spec/regress.md 2.2). */
export const captureReceiptSchema = object({
  schema_id: v.literal(RECEIPT_SCHEMA_ID),
  schema_version: v.literal("1.0.0"),
  from: text,
  artifact_type: text,
  artifact_path: text,
  session_chain_path: text,
  checkpoint_index: integer,
  run_id: text,
  manifest_digest: text,
  output_path: text,
});

export type CaptureReceipt = v.InferOutput<typeof captureReceiptSchema>;
