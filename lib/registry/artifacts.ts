import type { Files } from "../effects/types.ts";
import { GaitError } from "../errors/mod.ts";
import { cleanPath, folderOf, foreignPathFault, hasControl } from "../formats/path.ts";
import type { RegistryArtifact } from "../schema/registry.ts";
import { equalDigests, isHexDigest, sha256 } from "../signing/mod.ts";
import { cacheOf } from "./cache.ts";
import type { Manifest } from "./manifest.ts";

/** Folder of the artifacts of a pack in the cache, next to its manifest. */
export const ARTIFACTS = "artifacts";

/** Limits for the artifacts of a pack: their number, the bytes of each, and the total bytes. */
export const MAX_ARTIFACTS = 1000;
export const MAX_ARTIFACT_BYTES = 64 * 1024 * 1024;
export const MAX_ARTIFACTS_BYTES = 256 * 1024 * 1024;

/** The result of comparing artifacts with their manifest. */
export interface ArtifactReport {
  readonly ok: boolean;
  /** The number of artifacts that match. */
  readonly verified: number;
  /** The artifacts that don't match, with the reason. */
  readonly problems: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Why the artifact list of a manifest is refused before any artifact is read; `undefined` if it is acceptable. On
 * every platform, paths must be relative, stay inside their folder and be distinct (docs/threat_model.md 1 and 3).
 */
export function artifactsFault(artifacts: readonly RegistryArtifact[]): string | undefined {
  if (artifacts.length > MAX_ARTIFACTS) return `it names more than ${MAX_ARTIFACTS} artifacts`;
  const seen = new Set<string>();
  for (const { path, sha256: digest } of artifacts) {
    const fault = artifactPathFault(path);
    if (fault !== undefined) return `artifact "${path}" is refused: ${fault}`;
    if (!isHexDigest(digest)) return `artifact "${path}" has no SHA-256 digest`;
    const folded = path.normalize("NFC").toLowerCase();
    if (seen.has(folded)) return `artifact "${path}" occurs twice`;
    seen.add(folded);
  }
  for (const path of seen) {
    for (let at = folderOf(path); at !== "."; at = folderOf(at)) {
      if (seen.has(at)) return `artifact "${at}" is also the parent folder of another artifact`;
    }
  }
  return undefined;
}

function artifactPathFault(path: string): string | undefined {
  if (path === "" || path.length > 512) return "its path is empty or too long";
  if (path.startsWith("/") || path.includes("\\")) return "its path is not relative";
  if (cleanPath(path) !== path || path === ".." || path.startsWith("../") || path === ".") {
    return "its path leaves its folder, or is not normalised";
  }
  if (hasControl(path) || /[:?#%<>"|*]/.test(path)) return "its path contains control or reserved characters";
  if (path.split("/").some((part) => part.endsWith(".") || part.endsWith(" "))) {
    return "a part of its path ends with a dot or a space";
  }
  return foreignPathFault(path);
}

/** Whether bytes match the digest in the manifest. */
export async function isArtifact(
  bytes: Uint8Array<ArrayBuffer>,
  artifact: RegistryArtifact,
): Promise<boolean> {
  return equalDigests(await sha256(bytes), artifact.sha256.toLowerCase());
}

/** Verify the artifacts on disk that belong to a manifest file. */
export async function checkArtifacts(
  files: Files,
  path: string,
  manifest: Manifest,
): Promise<ArtifactReport> {
  const artifacts = manifest.pack.artifacts ?? [];
  const fault = artifactsFault(artifacts);
  if (fault !== undefined) return { ok: false, verified: 0, problems: [{ path: "", reason: fault }] };
  const folder = artifactsFolder(path, manifest);
  const problems: { path: string; reason: string }[] = [];
  for (const artifact of artifacts) {
    const reason = await artifactProblem(files, folder, artifact);
    if (reason !== undefined) problems.push({ path: artifact.path, reason });
  }
  return { ok: problems.length === 0, verified: artifacts.length - problems.length, problems };
}

/** The folder of a manifest's artifacts: a separate folder in the cache, otherwise the manifest's own folder. */
export function artifactsFolder(path: string, manifest: Pick<Manifest, "pack" | "digest">): string {
  const folder = folderOf(cleanPath(path));
  return cacheOf(path, manifest) === undefined ? folder : `${folder}/${ARTIFACTS}`;
}

async function artifactProblem(
  files: Files,
  folder: string,
  artifact: RegistryArtifact,
): Promise<string | undefined> {
  try {
    const bytes = await files.read(`${folder}/${artifact.path}`, MAX_ARTIFACT_BYTES);
    return await isArtifact(bytes, artifact) ? undefined : "its content does not match its digest";
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return error.message;
  }
}
