import { compareBytewise } from "../../formats/bytes.ts";
import type { EvidenceKind } from "./kinds.ts";
import { journalOf } from "./kinds.ts";
import type { FoundFile } from "./walk.ts";

/** Why an expired file is kept. */
export type KeepReason =
  | "held"
  | "among_the_last"
  | "not_verified"
  | "in_use"
  | "changed"
  | "gone"
  | "not_reached";

/** The planned action for a file. */
export interface PlannedFile extends FoundFile {
  /** Milliseconds. */
  readonly age: number;
  readonly remove: boolean;
  /** Set for an expired file that is kept nevertheless. */
  readonly reason?: KeepReason;
}

/** The inputs of the plan. */
export interface RetentionOptions {
  /** Nanoseconds by kind; a kind without an entry, or with 0 or less, is kept forever. */
  readonly ttl: Readonly<Partial<Record<EvidenceKind, bigint>>>;
  /** The number of newest files per kind that are always kept. */
  readonly keepLast?: number | undefined;
  /** Whether the file is on hold. */
  readonly isHeld: (file: FoundFile) => boolean;
}

/** Plan the action for every file (docs/spec/guard.md section 5, step 3); nothing is touched. */
export function planRetention(
  found: readonly FoundFile[],
  rules: RetentionOptions,
  now: number,
): PlannedFile[] {
  const last = newest(found, rules.keepLast ?? 0);
  return found.map((file) => {
    const age = Math.max(0, now - file.modified);
    const ttl = rules.ttl[file.kind] ?? 0n;
    const expired = ttl > 0n && BigInt(Math.floor(age)) * 1_000_000n > ttl;
    if (!expired) return { ...file, age, remove: false };
    if (rules.isHeld(file)) return { ...file, age, remove: false, reason: "held" };
    if (last.has(unitOf(file))) return { ...file, age, remove: false, reason: "among_the_last" };
    return { ...file, age, remove: true };
  });
}

/** The newest files of each kind; a session with all its files counts as one. */
function newest(found: readonly FoundFile[], count: number): ReadonlySet<string> {
  if (count <= 0) return new Set();
  const kept = new Set<string>();
  const byKind = Map.groupBy(found, ({ kind }) => kind);
  for (const files of byKind.values()) {
    const sorted = files.toSorted((a, b) => b.modified - a.modified || compareBytewise(b.path, a.path));
    const units = new Set<string>();
    for (const file of sorted) {
      if (units.size === count) break;
      units.add(unitOf(file));
    }
    for (const unit of units) kept.add(unit);
  }
  return kept;
}

function unitOf({ kind, path }: FoundFile): string {
  return kind === "session" ? journalOf(path) : path;
}
