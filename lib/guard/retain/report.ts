import type { JsonObject } from "../../formats/json/mod.ts";
import { type Rfc3339, timeOfMillis } from "../../formats/time.ts";
import { GUARD_SCHEMA_ID } from "../../schema/guard.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import type { EvidenceKind } from "./kinds.ts";
import type { PlannedFile } from "./plan.ts";

/** The progress of retention; `planned` is recorded before anything is deleted. */
export type RetentionState = "planned" | "completed" | "failed";

/** The options of a retention run and what it found. */
export interface RetentionHead {
  readonly root: string;
  readonly dryRun: boolean;
  readonly ttl: Readonly<Partial<Record<EvidenceKind, bigint>>>;
  readonly scanned: number;
  readonly createdAt: Rfc3339;
  readonly version: string;
}

/**
 * A file in a report; `deleted` also for files that a dry run or a plan would delete (docs/spec/guard.md section 5).
 */
export function encodeEvent(file: PlannedFile, dryRun: boolean): JsonObject {
  const { path, kind, modified, age, remove, reason } = file;
  return {
    path,
    kind,
    modified_at: timeOfMillis(Math.floor(modified)),
    age_seconds: Math.floor(age / 1000),
    action: remove ? "deleted" : "kept",
    ...(remove && dryRun ? { would_delete: true } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** The report of a retention run. */
export function encodeReport(
  head: RetentionHead,
  state: RetentionState,
  files: readonly PlannedFile[],
): JsonObject {
  const { root, dryRun, ttl, scanned, createdAt, version } = head;
  const seconds = (kind: EvidenceKind) => Number((ttl[kind] ?? 0n) / 1_000_000_000n);
  const events = (remove: boolean) =>
    files.filter((file) => file.remove === remove).map((file) => encodeEvent(file, dryRun));
  return {
    schema_id: GUARD_SCHEMA_ID.retention,
    schema_version: RECORD_VERSION,
    created_at: createdAt,
    producer_version: version,
    root_path: root,
    state,
    dry_run: dryRun,
    trace_ttl_seconds: seconds("trace"),
    pack_ttl_seconds: seconds("pack"),
    session_ttl_seconds: seconds("session"),
    scanned_files: scanned,
    deleted_files: events(true),
    kept_files: events(false),
  };
}
