import { lower } from "../../formats/text.ts";

/** The kinds of evidence that retention knows; each has its own time to live. */
export type EvidenceKind = "trace" | "pack" | "session";

/** All kinds. */
export const EVIDENCE_KINDS: readonly EvidenceKind[] = ["trace", "pack", "session"];

const PACK_STARTS = ["evidence_pack_", "incident_pack_"];
const PACK_ENDS = [".zip", ".gaitenc", ".age"];

/** File name suffix of a session journal. */
export const JOURNAL_END = ".journal.jsonl";

/**
 * Suffixes of a journal's companion files that are useless without it. The chain file is kept, because the sealed
 * runpacks need it.
 */
const JOURNAL_FILES = ["", ".state.json", ".recoveries.jsonl"];

/** The kind of evidence according to a file name, case-insensitive (docs/spec/guard.md section 5, step 2). */
export function kindOf(name: string): EvidenceKind | undefined {
  const low = lower(name);
  const named = (start: string, end: string) =>
    low.length >= start.length + end.length && low.startsWith(start) && low.endsWith(end);
  if (named("trace_", ".json")) return "trace";
  if (PACK_STARTS.some((start) => PACK_ENDS.some((end) => named(start, end)))) return "pack";
  return JOURNAL_FILES.some((end) => low.endsWith(JOURNAL_END + end)) ? "session" : undefined;
}

/** The journal that a file of a session belongs to: the file itself, or the journal whose companion it is. */
export function journalOf(path: string): string {
  const end = JOURNAL_FILES.find((end) => lower(path).endsWith(JOURNAL_END + end)) ?? "";
  return path.slice(0, path.length - end.length);
}
