import * as v from "valibot";
import { strictObject } from "./fields.ts";
import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";

export const PINS_SCHEMA_ID = "gait.mcp.pins";

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** Kinds of descriptors that are pinned: what a model reads before it acts. */
export const PINNED_KINDS = ["tool", "prompt"] as const;

export type PinnedKind = typeof PINNED_KINDS[number];

const descriptor = {
  kind: v.picklist(PINNED_KINDS),
  name: v.pipe(v.string(), v.minLength(1)),
  digest,
  descriptor: v.custom<JsonObject>(isJsonObject, "expected an object"),
};

/** The descriptors of one MCP server that were accepted, and those that wait (docs/spec/mcp_protection.md 2). */
export const pinsSchema = strictObject({
  schema_id: v.literal(PINS_SCHEMA_ID),
  schema_version: v.literal("1.0.0"),
  server_id: digest,
  name: v.string(),
  /** The program or the address, without what may be secret. */
  origin: v.string(),
  /** Kinds that have been listed at least once. */
  listed: v.array(v.picklist(PINNED_KINDS)),
  pins: v.array(strictObject({
    ...descriptor,
    accepted_at: v.string(),
    accepted_by: v.picklist(["first_use", "user"]),
  })),
  pending: v.array(strictObject({ ...descriptor, seen_at: v.string() })),
});

export type PinsDocument = v.InferOutput<typeof pinsSchema>;
export type Pin = PinsDocument["pins"][number];
export type PendingDescriptor = PinsDocument["pending"][number];
