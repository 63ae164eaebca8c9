import { GaitError } from "../errors/mod.ts";
import { folderOf } from "../formats/path.ts";
import {
  artifactsFault,
  artifactsFolder,
  isArtifact,
  MAX_ARTIFACT_BYTES,
  MAX_ARTIFACTS_BYTES,
} from "./artifacts.ts";
import { InstallError, untrusted } from "./failure.ts";
import { fetchDocument, type FetchOptions, type InstallEffects } from "./fetch.ts";
import type { Manifest } from "./manifest.ts";
import { hostOf, type Source } from "./source.ts";

/** The location of a manifest's artifacts: next to the manifest file, under its URL, or in the cache. */
export type ArtifactSource =
  | { readonly kind: "beside"; readonly path: string }
  | { readonly kind: "remote"; readonly url: URL };

/** An artifact whose content matches its manifest. */
export interface Artifact {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The location of the artifacts of a manifest that came from a given source. */
export function artifactSource(source: Source, fallback: string | undefined): ArtifactSource {
  if (fallback !== undefined) return { kind: "beside", path: fallback };
  return source.kind === "file" ? { kind: "beside", path: source.path } : { kind: "remote", url: source.url };
}

/**
 * Read all artifacts of a manifest, or none: each within the size limits and with the signed digest. They are fetched
 * only from the manifest's own host, even if other hosts are allowed.
 *
 * @throws {InstallError}
 */
export async function readArtifacts(
  manifest: Manifest,
  source: ArtifactSource,
  rules: FetchOptions,
  effects: InstallEffects,
): Promise<readonly Artifact[]> {
  const named = manifest.pack.artifacts ?? [];
  const fault = artifactsFault(named);
  if (fault !== undefined) throw untrusted("unsafe_artifact", `Cannot use the artifacts: ${fault}`, REPAIR);
  const read: Artifact[] = [];
  let left = MAX_ARTIFACTS_BYTES;
  for (const artifact of named) {
    const limit = Math.min(left, MAX_ARTIFACT_BYTES);
    const bytes = source.kind === "remote"
      ? await fetchSibling(source.url, artifact.path, limit, rules, effects)
      : await readSibling(source.path, artifact.path, limit, manifest, effects);
    if (!await isArtifact(bytes, artifact)) {
      throw untrusted(
        "artifact_mismatch",
        `Artifact "${artifact.path}" does not match its signed digest`,
        REPAIR,
      );
    }
    left -= bytes.length;
    read.push({ path: artifact.path, bytes });
  }
  return read;
}

const REPAIR = "Ask the publisher, or install only the manifest, without --with-artifacts";

async function fetchSibling(
  manifest: URL,
  path: string,
  limit: number,
  rules: FetchOptions,
  effects: InstallEffects,
): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(path.split("/").map(encodeURIComponent).join("/"), manifest);
  return await fetchDocument(url, limit, { ...rules, hosts: [hostOf(manifest)] }, effects);
}

async function readSibling(
  manifestPath: string,
  path: string,
  limit: number,
  manifest: Manifest,
  { files }: InstallEffects,
): Promise<Uint8Array<ArrayBuffer>> {
  const inCache = artifactsFolder(manifestPath, manifest);
  try {
    return await files.read(`${inCache}/${path}`, limit);
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    throw new InstallError(
      "source_unreadable",
      "artifact_unreadable",
      error.message,
      `Put it next to the manifest, in ${folderOf(manifestPath)}`,
      error,
    );
  }
}
