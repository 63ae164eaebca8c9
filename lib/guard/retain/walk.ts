import type { Files } from "../../effects/types.ts";
import { compareBytewise } from "../../formats/bytes.ts";
import { type EvidenceKind, journalOf, kindOf } from "./kinds.ts";

/** A file of evidence, as it stands there. */
export interface FoundFile {
  /** The root joined with the way below it. */
  readonly path: string;
  /** The way below the root. */
  readonly below: string;
  readonly kind: EvidenceKind;
  /** Milliseconds since 1970; of the journal, for a file of a session. */
  readonly modified: number;
  readonly version: string;
}

/** The evidence below a folder. */
export interface FoundEvidence {
  readonly files: readonly FoundFile[];
  /** Folders below the root, by their way below it, that may have holds of their own. */
  readonly holders: readonly string[];
}

/** Folders that hold files of others, whatever these are called. */
const SKIPPED = new Set([".git", "node_modules"]);

/**
 * Find the evidence below a folder, sorted by path. Links to folders are not followed; a link counts as a file by its own
 * name and time (docs/spec/guard.md section 5, step 1).
 *
 * @param kinds those that are looked for
 * @throws {GaitError} `invalid_input` for a folder that can't be read: what it holds would be judged unseen
 */
export async function findEvidence(
  root: string,
  kinds: ReadonlySet<EvidenceKind>,
  files: Pick<Files, "list" | "stat">,
): Promise<FoundEvidence> {
  const found: FoundFile[] = [];
  const holders: string[] = [];
  const pending = [""];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const at = joined(root, folder);
    for (const name of await files.list(at)) {
      const below = folder === "" ? name : `${folder}/${name}`;
      const path = joined(root, below);
      const info = await files.stat(path);
      if (info === undefined) continue; // gone since it was listed
      // Also a link: `guard hold add` follows it, and more holds can only keep more.
      if (name === ".gait") holders.push(folder);
      if (info.kind === "folder") {
        if (!SKIPPED.has(name)) pending.push(below);
        continue;
      }
      const kind = info.kind === "other" ? undefined : kindOf(name);
      if (kind === undefined || !kinds.has(kind)) continue;
      found.push({ path, below, kind, modified: info.modified, version: info.version });
    }
  }
  found.sort((a, b) => compareBytewise(a.path, b.path));
  return { files: withJournalTimes(found), holders };
}

/** A path below the root as it is reported: without the root where that is the working folder. */
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
