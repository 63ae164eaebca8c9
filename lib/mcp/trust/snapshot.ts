import { GaitError, invalidInput } from "../../errors/mod.ts";
import type { Files } from "../../effects/types.ts";
import { type JsonObject, readJsonObject } from "../../formats/json/mod.ts";
import { trim, trimLower } from "../../formats/text.ts";
import { type Rfc3339, ZERO_TIME } from "../../formats/time.ts";
import { badField, flag, optionalObject, text, time } from "../../intent/fields.ts";
import { TRUST_SNAPSHOT_SCHEMA_ID } from "../../schema/mcp_serve.ts";
import { knownFields, objects } from "../fields.ts";
import { serverKey } from "./server.ts";

/**
 * The snapshot's entry of one server. Strings are trimmed, and empty when absent; publisher, source and status are in
 * lower case.
 */
export interface TrustEntry {
  readonly serverId: string;
  readonly serverName: string;
  readonly publisher: string;
  readonly source: string;
  readonly status: string;
  /** The zero time when unknown. */
  readonly updatedAt: Rfc3339;
  readonly score: number;
  readonly evidencePath: string;
  /** The result of verifying its package against a registry. */
  readonly registry?: RegistryVerification | undefined;
}

/** The members of a result of `gait registry verify` that trust depends on. */
export interface RegistryVerification {
  readonly signatureVerified: boolean;
  readonly publisherAllowed: boolean;
  readonly pinPresent: boolean;
  readonly pinVerified: boolean;
}

/** The entries of a snapshot, or why it can't be used. */
export type TrustSnapshot =
  | { readonly kind: "read"; readonly entries: ReadonlyMap<string, TrustEntry> }
  | { readonly kind: "unavailable" | "invalid"; readonly problem: string };

const SCHEMA_VERSION = "1.0.0";
const MAX_SNAPSHOT_BYTES = 1 << 24;

/**
 * Read a trust snapshot (docs/spec/mcp.md 5.2). An unusable snapshot is returned rather than thrown, because it is an
 * input of the trust decision.
 */
export async function readSnapshot(path: string, files: Pick<Files, "read">): Promise<TrustSnapshot> {
  let content: Uint8Array;
  try {
    content = await files.read(path, MAX_SNAPSHOT_BYTES);
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return { kind: "unavailable", problem: error.message };
  }
  try {
    return { kind: "read", entries: parseSnapshot(content, `trust snapshot "${path}"`) };
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return { kind: "invalid", problem: error.message };
  }
}

const SNAPSHOT = knownFields("schema_id", "schema_version", "created_at", "producer_version", "entries");
const ENTRY = knownFields(
  "server_id",
  "server_name",
  "publisher",
  "source",
  "endpoint",
  "status",
  "updated_at",
  "score",
  "evidence_path",
  "registry_verification",
);
const REGISTRY_FLAGS = ["signature_verified", "publisher_allowed", "pin_present", "pin_verified"] as const;
const REGISTRY = knownFields(...REGISTRY_FLAGS);

/**
 * Parse the entries of a snapshot, by server key.
 *
 * @throws {GaitError} `invalid_input`, also when two entries have the same key
 */
function parseSnapshot(content: Uint8Array, what: string): ReadonlyMap<string, TrustEntry> {
  const snapshot = readJsonObject(content, { what, duplicates: "refuse" });
  const at = `${what}: `;
  SNAPSHOT.refuseLookalikes(snapshot, at);
  expect(snapshot, "schema_id", TRUST_SNAPSHOT_SCHEMA_ID, at);
  expect(snapshot, "schema_version", SCHEMA_VERSION, at);
  text(snapshot, "producer_version", at);
  time(snapshot, "created_at", at);
  const entries = new Map<string, TrustEntry>();
  for (const [i, item] of objects(snapshot, "entries", at).entries()) {
    const inside = `${at}entries[${i}].`;
    const entry = readEntry(item, inside);
    const key = serverKey(entry);
    if (key === "") {
      throw badField(inside, "server_id", "server_id or server_name is required");
    }
    if (entries.has(key)) {
      throw invalidInput(`Cannot read ${inside}server_id: this server already has an entry`);
    }
    entries.set(key, entry);
  }
  return entries;
}

function expect(snapshot: JsonObject, name: string, wanted: string, at: string): void {
  const given = text(snapshot, name, at);
  if (trim(given) !== "" && given !== wanted) throw badField(at, name, `expected "${wanted}"`);
}

function readEntry(entry: JsonObject, at: string): TrustEntry {
  ENTRY.refuseLookalikes(entry, at);
  text(entry, "endpoint", at);
  const registry = optionalObject(entry, "registry_verification", at);
  return {
    serverId: trim(text(entry, "server_id", at)),
    serverName: trim(text(entry, "server_name", at)),
    publisher: trimLower(text(entry, "publisher", at)),
    source: trimLower(text(entry, "source", at)),
    status: trimLower(text(entry, "status", at)),
    updatedAt: Object.hasOwn(entry, "updated_at") ? time(entry, "updated_at", at) : ZERO_TIME,
    score: number(entry, "score", at),
    evidencePath: trim(text(entry, "evidence_path", at)),
    registry: registry && readRegistry(registry, at + "registry_verification."),
  };
}

function readRegistry(registry: JsonObject, at: string): RegistryVerification {
  REGISTRY.refuseLookalikes(registry, at);
  const of = (name: typeof REGISTRY_FLAGS[number]) => flag(registry, name, at);
  return {
    signatureVerified: of("signature_verified"),
    publisherAllowed: of("publisher_allowed"),
    pinPresent: of("pin_present"),
    pinVerified: of("pin_verified"),
  };
}

function number(object: JsonObject, name: string, at: string): number {
  const value = object[name];
  if (value === undefined || value === null) return 0;
  if (typeof value !== "number") throw badField(at, name, "expected a number");
  return value;
}
