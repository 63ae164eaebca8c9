import { invalidInput } from "../errors/mod.ts";
import { decodeUtf8Strict } from "../formats/bytes.ts";
import { canonicalBytes, readJsonObject, without } from "../formats/json/mod.ts";
import { trim, trimLower } from "../formats/text.ts";
import { decode } from "../schema/fields.ts";
import {
  encodeRegistryPack,
  REGISTRY_PACK_SCHEMA_ID,
  type RegistryPack,
  registryPackSchema,
} from "../schema/registry.ts";
import { type Digest, sha256 } from "../signing/mod.ts";
import { nameFault } from "./pack_name.ts";

/** File name of a manifest in the cache. */
export const MANIFEST_NAME = "registry_pack.json";

/** The largest accepted manifest: 5 MiB. */
export const MAX_MANIFEST_BYTES = 5 * 1024 * 1024;

/** A manifest that was read, with the digest that its signatures cover. */
export interface Manifest {
  readonly pack: RegistryPack;
  /** SHA-256 of the canonical form of the manifest without its signatures. */
  readonly digest: Digest;
  /** The bytes stored in the cache: the canonical form including signatures. */
  readonly stored: Uint8Array<ArrayBuffer>;
}

/**
 * Read and normalise a manifest (docs/spec/registry.md section 1).
 *
 * @throws {GaitError} `invalid_input` if it is not a valid manifest, or contains an unsafe name
 */
export async function readManifest(bytes: Uint8Array<ArrayBuffer>, what: string): Promise<Manifest> {
  const fail = (reason: string, detail: string) =>
    invalidInput(`Cannot read ${what}: ${reason}`, {
      detail,
      hint: "Ask its publisher for the manifest that was signed",
    });
  // Invalid UTF-8 must not be repaired: different broken texts would get the same digest (docs/threat_model.md 10).
  if (decodeUtf8Strict(bytes) === undefined) throw fail("it is not valid UTF-8", "text_not_unicode");
  const document = readJsonObject(bytes, { what, duplicates: "refuse", numbers: "exact" });
  const read = decode(registryPackSchema, document, what);
  if (read.schema_id !== REGISTRY_PACK_SCHEMA_ID || read.schema_version !== "1.0.0") {
    throw fail(`it is not a ${REGISTRY_PACK_SCHEMA_ID} 1.0.0`, "foreign_schema");
  }
  const pack: RegistryPack = {
    ...read,
    pack_type: trimLower(read.pack_type),
    publisher: trimLower(read.publisher),
    source: trimLower(read.source),
  };
  for (const member of ["pack_name", "pack_version"] as const) {
    if (trim(pack[member]) === "") throw fail(`it has no ${member}`, "name_missing");
    const fault = nameFault(pack[member]);
    if (fault !== undefined) throw fail(`${member} "${pack[member]}" is refused: ${fault}`, "unsafe_name");
  }
  if (pack.pack_type === "skill" && (pack.publisher === "" || pack.source === "")) {
    throw fail("a skill needs a publisher and a source", "skill_unattributed");
  }
  const written = encodeRegistryPack(pack);
  return {
    pack,
    digest: await sha256(canonicalBytes(without(written, "signatures"))),
    stored: canonicalBytes(written),
  };
}
