import { listOf, object, text } from "./fields.ts";
import { signatureSchema } from "./runpack_manifest.ts";

/** The manifest of an evidence pack, as far as verifying needs it (docs/spec/guard.md sections 1 and 4). */
export const guardManifestSchema = object({
  schema_id: text,
  schema_version: text,
  pack_id: text,
  run_id: text,
  contents: listOf(object({ path: text, sha256: text, type: text })),
  signatures: listOf(signatureSchema),
});
