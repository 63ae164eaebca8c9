import * as v from "valibot";
import { listOf, object, text, texts } from "./fields.ts";

/** One tool or MCP server of a snapshot, as far as snapshots are compared (docs/spec/scout.md section 2). */
export const snapshotItemSchema = object({
  id: text,
  kind: text,
  name: text,
  locator: text,
  risk_level: text,
  tags: texts,
});

/** A snapshot as it is read back; its schema id is not checked. */
export const storedSnapshotSchema = object({
  snapshot_id: text,
  workspace: text,
  items: listOf(snapshotItemSchema),
});

export type SnapshotItem = v.InferOutput<typeof snapshotItemSchema>;
export type StoredSnapshot = v.InferOutput<typeof storedSnapshotSchema>;
