import type { Extended, Extension } from "../../effects/mod.ts";
import type { NamedRecord } from "./journal_line.ts";
import type { ExtensionOf } from "./log_types.ts";

/** A decision whose records are to be written, and who waits for it. */
export interface Waiting {
  readonly records: readonly NamedRecord[];
  readonly released: (names: string[]) => void;
  readonly failed: (error: unknown) => void;
  readonly group?: Group;
}

/** Decisions of one batch behind which another file is extended. */
export interface Group {
  readonly decisions: readonly (readonly NamedRecord[])[];
  readonly extensionOf: ExtensionOf;
  extended: Extended;
  readonly ended: (extended: Extended) => void;
}

/** A decision with the final names of its records. */
export interface Named extends Waiting {
  readonly names: string[];
}

/** The groups of a batch. */
export function groupsOf(batch: readonly Waiting[]): Group[] {
  const groups = new Set<Group>();
  for (const { group } of batch) if (group) groups.add(group);
  return [...groups];
}

/** The extensions of those groups that have one. A group whose extension can't be made fails alone. */
export async function extensionsOf(groups: readonly Group[], batch: readonly Named[]) {
  const found: { readonly group: Group; readonly extension: Extension }[] = [];
  const namesOf = new Map(batch.map(({ records, names }) => [records, names]));
  for (const group of groups) {
    const names = group.decisions.map((records) => namesOf.get(records));
    try {
      const extension = await group.extensionOf(names);
      if (extension) found.push({ group, extension });
    } catch (error) {
      group.extended = { kind: "failed", error };
    }
  }
  return found;
}
