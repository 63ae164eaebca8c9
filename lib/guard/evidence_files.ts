import { verdictThatCounts } from "../schema/trace_record.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { canonicalBytes, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { toUtc } from "../formats/time.ts";
import type { Runpack } from "../runpack/read.ts";
import { GUARD_ENTRY } from "../schema/guard.ts";
import {
  encodeApprovalEvidence,
  encodeCredentialEvidence,
  encodeInventoryEvidence,
  type RegressEvidence,
  type TraceEvidence,
} from "../schema/guard_evidence.ts";
import type { Evidence } from "./read_evidence.ts";

/** A file that goes into an evidence pack. */
export interface EvidenceFile {
  readonly path: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** The summaries and records of an evidence pack (docs/spec/guard.md section 1, "Evidence files"). */
export function evidenceFiles(runpack: Runpack, evidence: Evidence): EvidenceFile[] {
  const { inventories, traces, regress, approvals, credentials } = evidence;
  const files = [
    fileOf(GUARD_ENTRY.runpackSummary, summarizeRunpack(runpack)),
    fileOf(GUARD_ENTRY.runpackReferences, listReferences(runpack)),
    ...numbered("inventory_snapshot", inventories.map(({ record }) => encodeInventoryEvidence(record))),
    ...numbered("approval_audit", approvals.map(({ record }) => encodeApprovalEvidence(record))),
    ...numbered("credential_evidence", credentials.map(({ record }) => encodeCredentialEvidence(record))),
  ];
  if (traces.length > 0) {
    files.push(fileOf(GUARD_ENTRY.traceSummary, summarizeTraces(traces.map(({ record }) => record))));
  }
  if (regress.length > 0) {
    files.push(fileOf(GUARD_ENTRY.regressSummary, summarizeRegress(regress.map(({ record }) => record))));
  }
  return files;
}

/** A file in canonical JSON. */
export function fileOf(path: string, value: JsonValue): EvidenceFile {
  return { path, content: canonicalBytes(value) };
}

/** The name of the n-th file of a kind, from 0: at least two digits. */
export function numberedName(kind: string, index: number, extension = ".json"): string {
  return `${kind}_${String(index + 1).padStart(2, "0")}${extension}`;
}

function numbered(kind: string, records: readonly JsonObject[]): EvidenceFile[] {
  return records.map((record, i) => fileOf(numberedName(kind, i), record));
}

function summarizeRunpack({ manifest, intents, results, refs }: Runpack): JsonObject {
  return {
    run_id: manifest.run_id,
    manifest_digest: manifest.manifest_digest,
    capture_mode: manifest.capture_mode,
    intent_count: intents.length,
    result_count: results.length,
    receipt_count: refs.receipts.length,
  };
}

function listReferences({ manifest, refs }: Runpack): JsonObject {
  const receipts = refs.receipts
    .map(({ ref_id, source_type, source_locator, content_digest, retrieved_at }) => ({
      ref_id,
      source_type,
      source_locator,
      content_digest,
      retrieved_at: toUtc(retrieved_at),
    }))
    .sort((a, b) => compareBytewise(a.ref_id, b.ref_id));
  return { run_id: manifest.run_id, references: receipts.length, receipts };
}

/** The decisions of traces, and the count of each verdict. */
export function summarizeTraces(records: readonly TraceEvidence[]): JsonObject {
  const traces = records
    .map((trace) => ({
      trace_id: trace.trace_id,
      tool_name: trace.tool_name,
      verdict: verdictThatCounts(trace),
    }))
    .sort((a, b) => compareBytewise(a.trace_id, b.trace_id));
  return { total: traces.length, traces, verdict_counts: countBy(traces.map(({ verdict }) => verdict)) };
}

function summarizeRegress(records: readonly RegressEvidence[]): JsonObject {
  const results = records
    .map(({ fixture_set, status, graders }) => ({ fixture_set, status, graders: graders.length }))
    .sort((a, b) => compareBytewise(a.fixture_set, b.fixture_set) || compareBytewise(a.status, b.status));
  return { total: results.length, results, status_counts: countBy(results.map(({ status }) => status)) };
}

function countBy(words: readonly string[]): JsonObject {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries(counts);
}
