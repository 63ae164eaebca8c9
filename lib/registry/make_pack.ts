import type { Files } from "../effects/types.ts";
import { ifReadable, invalidInput, invalidOption, missingOption } from "../errors/mod.ts";
import { decodeUtf8 } from "../formats/bytes.ts";
import { canonicalBytes, isObjectWith } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { encodeRegistryPack, REGISTRY_PACK_SCHEMA_ID, type RegistryArtifact } from "../schema/registry.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { parsePrivateKey, type PrivateKey, sha256, withSignature } from "../signing/mod.ts";
import { artifactsFault, MAX_ARTIFACT_BYTES, MAX_ARTIFACTS_BYTES } from "./artifacts.ts";
import { type Manifest, MANIFEST_NAME, readManifest } from "./manifest.ts";
import { nameFault } from "./pack_name.ts";

/** The file of a key is shorter: 64 bytes in base64, and blanks. */
const MAX_KEY_BYTES = 1024;

/** The numbered names that manifests of earlier packs were moved to. */
const EARLIER_MANIFEST = /^registry_pack_[0-9]+\.json$/;

/** Whether a file is the manifest of a registry pack, valid or not. */
export function isManifest(bytes: Uint8Array): boolean {
  return isObjectWith(bytes, ({ schema_id: id }) => id === REGISTRY_PACK_SCHEMA_ID);
}

/** What a publisher says about a pack. */
export interface PackDescription {
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly publisher: string;
  readonly source: string;
  readonly riskClass: string;
  readonly useCase: string;
}

/**
 * Make the signed manifest of all regular files below a folder (docs/spec/registry.md section 1). It is read as an
 * installer reads it, so that what is signed can be installed.
 *
 * @throws {GaitError} `invalid_input` for a link or a special file, a name that installers refuse, or too many bytes
 */
export async function makeRegistryPack(
  folder: string,
  description: PackDescription,
  { key, createdAt, version }: {
    readonly key: PrivateKey;
    readonly createdAt: Rfc3339;
    readonly version: string;
  },
  files: Files,
): Promise<Manifest> {
  checkDescription(description);
  const artifacts = await artifactsIn(folder, files);
  const fault = artifacts.length === 0 ? "the folder holds no file" : artifactsFault(artifacts);
  if (fault !== undefined) throw invalidInput(`Cannot pack "${folder}": ${fault}`);
  const document = encodeRegistryPack({
    schema_id: REGISTRY_PACK_SCHEMA_ID,
    schema_version: RECORD_VERSION,
    created_at: createdAt,
    producer_version: version,
    pack_name: description.name,
    pack_version: description.version,
    pack_type: description.type,
    publisher: description.publisher.toLowerCase(),
    source: description.source.toLowerCase(),
    risk_class: description.riskClass,
    use_case: description.useCase,
    compatibility: [],
    artifacts,
    signatures: [],
  });
  return await readManifest(canonicalBytes(await withSignature(document, key)), MANIFEST_NAME);
}

/** What an installer would refuse is named by the option that said it, before any file is read. */
function checkDescription({ name, version, type, publisher, source }: PackDescription): void {
  for (const [field, value] of [["name", name], ["version", version]] as const) {
    const fault = value === "" ? "it is empty" : nameFault(value);
    if (fault !== undefined) {
      throw invalidOption((option) => `Cannot use ${option(field)} "${value}": ${fault}`);
    }
  }
  if (type.toLowerCase() !== "skill") return;
  const missing = publisher === "" ? "publisher" : source === "" ? "source" : undefined;
  if (missing !== undefined) {
    throw missingOption(
      missing,
      (option) => `A pack of ${option("type")} skill names its publisher and source`,
    );
  }
}

/** The files below a folder with their digests, sorted by path; the manifests of earlier packs are not among them. */
async function artifactsIn(folder: string, files: Files): Promise<RegistryArtifact[]> {
  const found: RegistryArtifact[] = [];
  let total = 0;
  const pending = [""];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const { name, kind } of await files.entries(at === "" ? folder : `${folder}/${at}`)) {
      const path = at === "" ? name : `${at}/${name}`;
      if (kind === "folder") {
        pending.push(path);
        continue;
      }
      if (path === MANIFEST_NAME) continue;
      // A link could lead to any file, and what it leads to would be published (docs/threat_model.md 17).
      if (kind !== "file") throw invalidInput(`Cannot pack "${folder}/${path}": it is not a regular file`);
      if (/private\.key$/i.test(name)) {
        throw invalidInput(`Cannot pack "${folder}/${path}": it is named as a private key`, {
          hint: "Everything in the folder is to be published: move the key out of it",
        });
      }
      const bytes = await files.read(`${folder}/${path}`, MAX_ARTIFACT_BYTES);
      if (await isPrivateKey(bytes)) {
        throw invalidInput(`Cannot pack "${folder}/${path}": it is a private key`, {
          hint: "Everything in the folder is to be published: move the key out of it",
        });
      }
      if (EARLIER_MANIFEST.test(path) && isManifest(bytes)) continue;
      total += bytes.length;
      if (total > MAX_ARTIFACTS_BYTES) {
        throw invalidInput(`Cannot pack "${folder}": its files have more than ${MAX_ARTIFACTS_BYTES} bytes`);
      }
      found.push({ path, sha256: await sha256(bytes), media_type: "" });
    }
  }
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** A key is one whatever its file is called; its two halves match, so that no signature is taken for one. */
async function isPrivateKey(bytes: Uint8Array): Promise<boolean> {
  if (bytes.length > MAX_KEY_BYTES) return false;
  return await ifReadable(() => parsePrivateKey(decodeUtf8(bytes))) !== undefined;
}
