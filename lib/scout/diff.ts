import { compareBytewise } from "../formats/bytes.ts";
import { omitEmpty } from "../schema/fields.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { SnapshotItem, StoredSnapshot } from "../schema/scout.ts";

/** What changed between two snapshots; all lists sorted by id (docs/spec/scout.md section 2). */
export interface SnapshotDiff {
  readonly left: string;
  readonly right: string;
  readonly added: readonly SnapshotItem[];
  readonly removed: readonly SnapshotItem[];
  readonly changed: readonly { readonly before: SnapshotItem; readonly after: SnapshotItem }[];
}

/** Compare two snapshots; where and when they were made is ignored. */
export function diffSnapshots(left: StoredSnapshot, right: StoredSnapshot): SnapshotDiff {
  const [before, after] = [indexed(left), indexed(right)];
  const missing = (from: ReadonlyMap<string, SnapshotItem>, other: ReadonlyMap<string, SnapshotItem>) =>
    [...from.values()].filter(({ id }) => !other.has(id)).sort(byId);
  return {
    left: left.snapshot_id,
    right: right.snapshot_id,
    added: missing(after, before),
    removed: missing(before, after),
    changed: [...after.values()].sort(byId).flatMap((item) => {
      const old = before.get(item.id);
      return old && differs(old, item) ? [{ before: old, after: item }] : [];
    }),
  };
}

/** Whether anything changed. */
export function hasChanges({ added, removed, changed }: SnapshotDiff): boolean {
  return added.length + removed.length + changed.length > 0;
}

function byId(a: SnapshotItem, b: SnapshotItem): number {
  return compareBytewise(a.id, b.id);
}

function indexed({ items }: StoredSnapshot): Map<string, SnapshotItem> {
  return new Map(items.map((item) => [item.id, item]));
}

/** Tags are compared as a set. */
function differs(a: SnapshotItem, b: SnapshotItem): boolean {
  const tags = (item: SnapshotItem) => JSON.stringify([...new Set(item.tags)].sort(compareBytewise));
  return a.kind !== b.kind || a.name !== b.name || a.locator !== b.locator ||
    a.risk_level !== b.risk_level || tags(a) !== tags(b);
}

/** The written form of a comparison. */
export function encodeDiff({ left, right, added, removed, changed }: SnapshotDiff): JsonObject {
  return omitEmpty(
    {
      left_snapshot_id: left,
      right_snapshot_id: right,
      added: added.map(encodeItem),
      removed: removed.map(encodeItem),
      changed: changed.map(({ before, after }) =>
        omitEmpty(
          {
            id: after.id,
            kind: after.kind,
            name: after.name,
            before_locator: before.locator,
            after_locator: after.locator,
            before_risk_level: before.risk_level,
            after_risk_level: after.risk_level,
          },
          "before_risk_level",
          "after_risk_level",
        )
      ),
      added_count: added.length,
      removed_count: removed.length,
      changed_count: changed.length,
    },
    "added",
    "removed",
    "changed",
  );
}

function encodeItem({ id, kind, name, locator, risk_level }: SnapshotItem): JsonObject {
  return omitEmpty({ id, kind, name, locator, risk_level }, "risk_level");
}
