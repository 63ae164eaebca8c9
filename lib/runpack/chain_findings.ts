import { verdictThatCounts } from "../schema/trace_record.ts";
import { isJsonObject, type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import { openZip, type ZipArchive } from "../formats/zip/mod.ts";
import { digestOf, equalHex } from "../signing/mod.ts";
import { readDocument } from "../formats/zip/documents.ts";
import { ifReadable } from "../errors/mod.ts";

/** Two artifacts, each valid by itself, that do not belong together. */
export interface ChainFinding {
  readonly code:
    | "pack_run_id_differs"
    | "pack_manifest_digest_differs"
    | "trace_not_in_pack"
    | "trace_verdict_differs"
    | "pack_audit_differs";
  readonly message: string;
}

/** The artifacts to compare. */
export interface ComparedArtifacts {
  readonly run: { readonly runId: string; readonly manifestDigest: string };
  readonly trace?: {
    readonly traceId: string;
    readonly verdict: string;
    readonly simulated?: boolean;
    /** Approval audits that the trace names, by their digests. */
    readonly approvalAudits?: readonly string[];
  } | undefined;
  /** An evidence pack: its declared run id, and its bytes. */
  readonly pack?: { readonly runId: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;
}

/**
 * Check that a runpack, a trace and an evidence pack belong to the same run. A swapped artifact is valid by itself,
 * so only the comparison detects it.
 */
export async function compareArtifacts({ run, trace, pack }: ComparedArtifacts): Promise<ChainFinding[]> {
  if (!pack) return [];
  const findings: ChainFinding[] = [];
  const find = (code: ChainFinding["code"], message: string) => findings.push({ code, message });
  if (pack.runId !== run.runId) {
    find(
      "pack_run_id_differs",
      `evidence pack is about run "${pack.runId}", the runpack holds "${run.runId}"`,
    );
  }
  const archive = openZip(pack.bytes);
  const summary = await readEntry(archive, "runpack_summary.json");
  const digest = summary?.manifest_digest;
  if (typeof digest === "string" && !equalHex(digest, run.manifestDigest)) {
    find("pack_manifest_digest_differs", "evidence pack was made of a runpack with another manifest");
  }
  if (trace) {
    const traces = (await readEntry(archive, "trace_summary.json"))?.traces;
    const found = (Array.isArray(traces) ? traces : [])
      .find((item) => isJsonObject(item) && item.trace_id === trace.traceId) as JsonObject | undefined;
    if (!found) find("trace_not_in_pack", `evidence pack does not know trace "${trace.traceId}"`);
    else if (found.verdict !== verdictThatCounts(trace) && found.verdict !== trace.verdict) {
      find("trace_verdict_differs", `evidence pack has another verdict for trace "${trace.traceId}"`);
    }
    if (await hasForeignAudit(archive, trace)) {
      find("pack_audit_differs", `evidence pack has another approval audit for trace "${trace.traceId}"`);
    }
  }
  return findings;
}

/** Whether the pack has audits of the trace, and none of them is one that the trace names. */
async function hasForeignAudit(
  archive: ZipArchive,
  { traceId, approvalAudits = [] }: NonNullable<ComparedArtifacts["trace"]>,
): Promise<boolean> {
  if (approvalAudits.length === 0) return false;
  let found = false;
  for (const name of archive.names) {
    if (!/^approval_audit_\d{2,9}\.json$/.test(name)) continue;
    const audit = await readEntry(archive, name);
    if (audit?.trace_id !== traceId) continue;
    if (approvalAudits.includes(`approval_audit:${await digestOf(audit)}`)) return false;
    found = true;
  }
  return found;
}

/** Read a JSON object of a pack; unreadable entries are reported by the verification of the pack, not here. */
async function readEntry(archive: ZipArchive, name: string): Promise<JsonObject | undefined> {
  return await ifReadable(async () => readJsonObject(await readDocument(archive, name), { what: name }));
}
