import { type EvidenceFile, numberedName } from "./evidence_files.ts";
import type { Evidence, EvidencePaths, ReadEvidence } from "./read_evidence.ts";

/**
 * Names of original files in an evidence pack. They are numbered instead of keeping their file names, because an
 * untrusted name could collide with another entry (docs/threat_model.md 1).
 */
export const ORIGINAL = {
  runpack: "original_runpack.zip",
  trace: "original_trace",
  regress: "original_regress_result",
  approval: "original_approval_audit",
  credential: "original_credential_evidence",
  inventory: "original_inventory_snapshot",
} as const;

/** The runpack and the evidence, byte for byte as supplied: only the originals carry their own signatures. */
export function originalFiles(runpack: Uint8Array<ArrayBuffer>, evidence: Evidence): EvidenceFile[] {
  const all = (kind: string, list: readonly ReadEvidence<unknown>[]) =>
    list.map(({ bytes }, i) => ({ path: numberedName(kind, i), content: bytes }));
  return [
    { path: ORIGINAL.runpack, content: runpack },
    ...all(ORIGINAL.trace, evidence.traces),
    ...all(ORIGINAL.regress, evidence.regress),
    ...all(ORIGINAL.approval, evidence.approvals),
    ...all(ORIGINAL.credential, evidence.credentials),
    ...all(ORIGINAL.inventory, evidence.inventories),
  ];
}

/** The original files among the entries of a pack, by kind, in packing order. */
export function originalPaths(entries: readonly string[]): EvidencePaths {
  const of = (kind: string) => {
    const known = new Set(entries);
    const found: string[] = [];
    for (let name = numberedName(kind, 0); known.has(name); name = numberedName(kind, found.length)) {
      found.push(name);
    }
    return found;
  };
  return {
    traces: of(ORIGINAL.trace),
    regress: of(ORIGINAL.regress),
    approvals: of(ORIGINAL.approval),
    credentials: of(ORIGINAL.credential),
    inventories: of(ORIGINAL.inventory),
  };
}
