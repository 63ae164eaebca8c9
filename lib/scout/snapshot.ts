import { compareBytewise } from "../formats/bytes.ts";
import { invalidInput } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { type Rfc3339, timeOfMillis } from "../formats/time.ts";
import { type Item, snapshotId } from "./inventory.ts";
import type { Scan } from "./scan.ts";

export const SNAPSHOT_SCHEMA_ID = "gait.scout.inventory_snapshot";

/** A snapshot of the tools in a set of folders. */
export interface Snapshot {
  readonly id: string;
  readonly document: JsonObject;
}

/** Make the snapshot of a scan; members are in the order of docs/spec/scout.md section 1. */
export async function makeSnapshot(scan: Scan, createdAt: Rfc3339, version: string): Promise<Snapshot> {
  const id = await snapshotId(scan.workspace, scan.items);
  return {
    id,
    document: {
      schema_id: SNAPSHOT_SCHEMA_ID,
      schema_version: "1.0.0",
      created_at: createdAt,
      producer_version: version,
      snapshot_id: id,
      workspace: scan.workspace,
      items: scan.items.map((item) => encodeItem(item, id)),
    },
  };
}

function encodeItem({ id, kind, name, locator, risk, tags, line }: Item, snapshot: string): JsonObject {
  const resource = { kind: "resource", id: locator };
  const tool = { kind: "tool", id };
  return {
    id,
    kind,
    name,
    locator,
    risk_level: risk,
    tags: [...tags],
    relationship: {
      parent_ref: { kind: "evidence", id: snapshot },
      entity_refs: [resource, tool],
      edges: [{ kind: "derived_from", from: tool, to: resource }],
      parent_record_id: snapshot,
      related_entity_ids: [...new Set([id, locator])].sort(compareBytewise),
    },
    ...(line === undefined ? {} : { line }),
  };
}

/**
 * The time of a snapshot: the current time, or that of `SOURCE_DATE_EPOCH`, which makes builds reproducible to the
 * byte.
 *
 * @throws {GaitError} `invalid_input` if the variable is not a valid number of seconds
 */
export function snapshotTime(epoch: string | undefined, now: () => number): Rfc3339 {
  const given = epoch?.trim() ?? "";
  if (given === "") return timeOfMillis(now());
  if (!/^[0-9]{1,12}$/.test(given) || Number(given) > LAST_SECOND) {
    throw invalidInput("Cannot use SOURCE_DATE_EPOCH: expected whole seconds since 1970", {
      hint: "Set it to a number such as 1700000000, or unset it",
    });
  }
  return timeOfMillis(Number(given) * 1000);
}

/** 9999-12-31T23:59:59Z */
const LAST_SECOND = 253402300799;
