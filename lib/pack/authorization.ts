import { invalidInput } from "../errors/mod.ts";
import {
  canonicalBytes,
  isJsonObject,
  type JsonObject,
  readJson,
  readJsonObject,
} from "../formats/json/mod.ts";
import { cleanPath, foreignPathFault } from "../formats/path.ts";
import { EPOCH_1980, isZeroTime, toUtc, ZERO_TIME } from "../formats/time.ts";
import {
  type AuthorizationBundle,
  authorizationBundleSchema,
  BUNDLE_SCHEMA_ID,
  LINKS,
  OUTCOMES,
} from "../schema/authorization.ts";
import { decode, omitEmpty } from "../schema/fields.ts";
import { NO_VERSION, PACK_ENTRY } from "../schema/pack_layout.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { digestOf, isHexDigest, type PrivateKey, sha256 } from "../signing/mod.ts";
import { type SealedPack, sealPack } from "./seal.ts";

/** The folder of linked evidence in a pack. */
export const EVIDENCE_FOLDER = "evidence/";

/**
 * One linked file: the prefix of its two members, its path, and its digest in lower case; path and digest may be
 * empty.
 */
export interface Link {
  readonly name: typeof LINKS[number];
  readonly path: string;
  readonly digest: string;
}

/** Read a bundle, checking its form but not its values. */
export function readBundle(bytes: Uint8Array, what: string): AuthorizationBundle {
  const value = readJsonObject(bytes, { what, duplicates: "refuse", numbers: "exact" });
  return decode(authorizationBundleSchema, value, what);
}

/** The links of a bundle. */
export function linksOf(bundle: AuthorizationBundle): Link[] {
  return LINKS.map((name) => ({
    name,
    path: bundle[`${name}_path`],
    digest: bundle[`${name}_digest`].trim().toLowerCase(),
  }));
}

/** The digest of a linked file: of its canonical form when it is JSON. */
export async function evidenceDigest(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  if (!path.toLowerCase().endsWith(".json")) return await sha256(bytes);
  return await digestOf(readJson(bytes, { what: path, duplicates: "refuse", numbers: "exact" }));
}

/**
 * Build a pack of an authorization bundle and the evidence it links (docs/spec/pack.md, later additions).
 *
 * @param read reads a linked file by its path relative to the bundle
 * @throws {GaitError} `invalid_input`
 */
export async function buildAuthorizationPack(
  bytes: Uint8Array,
  read: (path: string) => Promise<Uint8Array<ArrayBuffer>>,
  producerVersion: string,
  key?: PrivateKey,
): Promise<SealedPack> {
  const given = readBundle(bytes, "authorization bundle");
  const bundle = normalizeBundle(given, producerVersion);
  const evidence = new Map<string, Uint8Array<ArrayBuffer>>();
  const linked: Record<string, string> = {};
  for (const link of linksOf(bundle)) {
    if (link.path.trim() === "") {
      if (link.digest !== "") throw invalidInput(`Cannot pack ${link.name}_digest: it has no path`);
      continue;
    }
    const path = linkedPath(link.path);
    const content = evidence.get(path) ?? await read(path);
    const digest = await evidenceDigest(path, content);
    if (link.digest !== "" && link.digest !== digest) {
      throw invalidInput(`Cannot pack "${path}": ${link.name}_digest does not fit it`);
    }
    evidence.set(path, content);
    linked[`${link.name}_path`] = path;
    linked[`${link.name}_digest`] = digest;
  }
  const complete = encodeBundle({ ...bundle, ...linked });
  return await sealPack({
    packType: "authorization",
    sourceRef: bundle.trace_id,
    producerVersion: bundle.producer_version,
    files: [
      { path: PACK_ENTRY.authorization, content: canonicalBytes(complete) },
      ...[...evidence].map(([path, content]) => ({ path: EVIDENCE_FOLDER + path, content })),
    ],
  }, key);
}

function normalizeBundle(given: AuthorizationBundle, producerVersion: string): AuthorizationBundle {
  const refuse = (reason: string): never => {
    throw invalidInput(`Cannot read authorization bundle: ${reason}`);
  };
  const bundle = {
    ...given,
    schema_id: given.schema_id.trim() || BUNDLE_SCHEMA_ID,
    schema_version: given.schema_version.trim() || RECORD_VERSION,
    created_at: isZeroTime(given.created_at) ? EPOCH_1980 : toUtc(given.created_at),
    producer_version: given.producer_version.trim() || producerVersion || NO_VERSION,
    trace_id: given.trace_id.trim(),
    policy_digest: given.policy_digest.trim().toLowerCase(),
    intent_digest: given.intent_digest.trim().toLowerCase(),
  };
  if (bundle.schema_id !== BUNDLE_SCHEMA_ID || bundle.schema_version !== RECORD_VERSION) {
    refuse(`it is "${bundle.schema_id}" ${bundle.schema_version}`);
  }
  if (bundle.trace_id === "") refuse("trace_id is missing");
  if (!isHexDigest(bundle.policy_digest)) refuse("policy_digest must be 64 hex digits");
  if (!isHexDigest(bundle.intent_digest)) refuse("intent_digest must be 64 hex digits");
  if (!["", ...OUTCOMES].includes(bundle.outcome_status)) refuse(`outcome_status "${bundle.outcome_status}"`);
  return bundle;
}

/** Check that a path stays below the bundle. */
function linkedPath(given: string): string {
  const path = given.trim();
  const fault = foreignPathFault(path);
  if (fault !== undefined) throw invalidInput(`Cannot use linked path "${path}": ${fault}`);
  const cleaned = cleanPath(path.replaceAll("\\", "/"));
  if (cleaned === "." || cleaned === ".." || cleaned.startsWith("../") || cleaned.startsWith("/")) {
    throw invalidInput(`Cannot use linked path "${path}": it leaves the folder of the bundle`);
  }
  return cleaned;
}

/** The written form, without empty members. */
export function encodeBundle(bundle: AuthorizationBundle): JsonObject {
  const parts: JsonObject = { ...bundle } as JsonObject;
  for (const name of ["freeze_window", "kill_switch", "sandbox"]) {
    const part = parts[name];
    if (!isJsonObject(part)) continue;
    const reported = part.evaluated_at === ZERO_TIME ? { ...part, evaluated_at: "" } : part;
    parts[name] = omitEmpty(reported, ...Object.keys(reported).filter((member) => member !== "status"));
  }
  const optional = Object.keys(parts).filter((name) =>
    /_(?:path|digest|status|window|switch)$|^sandbox$/.test(name)
  );
  return omitEmpty(parts, ...optional);
}
