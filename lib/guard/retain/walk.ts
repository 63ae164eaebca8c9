import type { Files } from "../../effects/types.ts";
import { compareBytewise } from "../../formats/bytes.ts";
import { type EvidenceKind, journalOf, kindOf } from "./kinds.ts";

/** An evidence file on disk. */
export interface FoundFile {
  /** The root joined with {@linkcode below}. */
  readonly path: string;
  /** The path relative to the root. */
  readonly below: string;
  readonly kind: EvidenceKind;
  /** Milliseconds since 1970; of the journal, for a file of a session. */
  readonly modified: number;
  readonly version: string;
}

/** The evidence below a folder. */
export interface FoundEvidence {
  readonly files: readonly FoundFile[];
  /** Folders below the root (as relative paths) that may have holds of their own. */
  readonly holders: readonly string[];
}

/** Folders that are never entered, because their files belong to other tools. */
const SKIPPED = new Set([".git", "node_modules"]);

/**
 * Find the evidence below a folder, sorted by path. Links to folders are not followed; a link counts as a file with
 * its own name and time (docs/spec/guard.md section 5, step 1).
 *
 * @param kinds the kinds to find
 * @throws {GaitError} `invalid_input` for an unreadable folder: its content would silently be left out
 */
export async function findEvidence(
  root: string,
  kinds: ReadonlySet<EvidenceKind>,
  files: Pick<Files, "entries" | "stat">,
): Promise<FoundEvidence> {
  const found: FoundFile[] = [];
  const holders: string[] = [];
  const pending = [""];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const at = joined(root, folder);
    for (const { name, kind: entryKind } of await files.entries(at)) {
      const below = folder === "" ? name : `${folder}/${name}`;
      // A link to a folder counts too: `guard hold add` follows it, and extra holds can only preserve more.
      if (name === ".gait") holders.push(folder);
      if (entryKind === "folder") {
        if (!SKIPPED.has(name)) pending.push(below);
        continue;
      }
      const kind = entryKind === "other" ? undefined : kindOf(name);
      if (kind === undefined || !kinds.has(kind)) continue;
      const path = joined(root, below);
      const info = await files.stat(path);
      if (info?.kind !== entryKind) continue; // removed or replaced since it was listed
      found.push({ path, below, kind, modified: info.modified, version: info.version });
    }
  }
  found.sort((a, b) => compareBytewise(a.path, b.path));
  return { files: withJournalTimes(found), holders };
}

/** A reported path: joined with the root unless the root is the working folder. */
function joined(root: string, below: string): string {
  if (below === "") return root;
  return root === "." ? below : root.endsWith("/") ? root + below : `${root}/${below}`;
}

/** All files of a session have the age of its journal. */
function withJournalTimes(found: readonly FoundFile[]): FoundFile[] {
  const journals = new Map(
    found.filter(({ kind }) => kind === "session").map(({ path, modified }) => [path, modified]),
  );
  return found.map((file) =>
    file.kind === "session"
      ? { ...file, modified: journals.get(journalOf(file.path)) ?? file.modified }
      : file
  );
}
