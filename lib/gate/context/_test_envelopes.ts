import type { JsonObject } from "../../formats/json/mod.ts";

/** A context envelope; members given replace its own. */
export function envelope(members: JsonObject): JsonObject {
  return { context_set_id: "set", created_at: "2026-03-01T08:00:00Z", evidence_mode: "required", ...members };
}

/** A record of an envelope. */
export function record(refId: string, members: JsonObject = {}): JsonObject {
  return {
    ref_id: refId,
    source_type: "doc",
    source_locator: "docs://x",
    query_digest: "ab".repeat(32),
    content_digest: "cd".repeat(32),
    retrieved_at: "2026-03-01T08:00:00Z",
    redaction_mode: "reference",
    immutability: "immutable",
    ...members,
  };
}
