import * as v from "valibot";
import { listOf, text } from "./fields.ts";
import { signatureSchema } from "./runpack.ts";

/** The manifest of an evidence pack, as far as verifying needs it (spec/guard.md sections 1 and 4). */
export const guardManifestSchema = v.object({
  schema_id: text,
  schema_version: text,
  pack_id: text,
  run_id: text,
  contents: listOf(v.object({ path: text, sha256: text, type: text })),
  signatures: listOf(signatureSchema),
});
