import { canonicalize, type JsonValue, readJson } from "../formats/json/mod.ts";
import { readDocument } from "../formats/zip/documents.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { ifReadable } from "../errors/mod.ts";
import { GUARD_ENTRY, type GuardManifest } from "../schema/guard.ts";
import { equalHex } from "../signing/mod.ts";
import { evidencePackId } from "./pack_id.ts";

/** What is wrong with an evidence pack beyond its digests; each fails it. */
export interface EvidenceFinding {
  /** A stable name. */
  readonly code:
    | "nothing_declared"
    | "path_declared_twice"
    | "pack_id_differs"
    | "index_differs"
    | "pointer_differs"
    | "original_differs"
    | "original_unreadable"
    | "original_signature_failed"
    | "original_not_verified";
  /** The affected entry. */
  readonly path: string;
  readonly message: string;
}

/**
 * Whether a manifest holds together (docs/spec/guard.md section 4, step 5a): digests alone would let a manifest declare
 * nothing, or index evidence that is not there.
 */
export async function checkManifest(
  archive: ZipArchive,
  manifest: GuardManifest,
): Promise<EvidenceFinding[]> {
  const findings: EvidenceFinding[] = [];
  const find = (code: EvidenceFinding["code"], path: string, message: string) =>
    void findings.push({ code, path, message });
  const { contents } = manifest;
  if (contents.length === 0) find("nothing_declared", GUARD_ENTRY.manifest, "it declares no evidence");
  const byPath = new Map<string, (typeof contents)[number]>();
  for (const content of contents) {
    if (byPath.has(content.path)) find("path_declared_twice", content.path, "it is declared more than once");
    byPath.set(content.path, content);
  }
  if (await evidencePackId(manifest.run_id, contents) !== manifest.pack_id) {
    find("pack_id_differs", GUARD_ENTRY.manifest, "its pack id is not that of its contents");
  }
  for (
    const [entry, listed] of [
      [GUARD_ENTRY.controlIndex, manifest.control_index],
      [GUARD_ENTRY.pointers, manifest.evidence_pointers],
    ] as const
  ) {
    const agrees = archive.has(entry)
      ? await holds(archive, entry, listed)
      : byPath.has(entry) || listed.length === 0;
    if (!agrees) find("index_differs", entry, "it says something else than the manifest");
  }
  for (const { path, sha256, type } of [...manifest.evidence_pointers, ...rendered(manifest)]) {
    const content = byPath.get(path);
    const same = content && equalHex(content.sha256, sha256) && (type === undefined || type === content.type);
    if (!same) find("pointer_differs", path, "the manifest points to it, but declares no such file");
  }
  return findings;
}

/** Rendered artifacts have no type. */
function rendered({ rendered_artifacts }: GuardManifest) {
  return rendered_artifacts.map(({ path, sha256 }) => ({ path, sha256, type: undefined }));
}

/** Whether an entry holds exactly a value. */
async function holds(archive: ZipArchive, entry: string, value: JsonValue): Promise<boolean> {
  const held = await ifReadable(async () => readJson(await readDocument(archive, entry), { what: entry }));
  return held !== undefined && canonicalize(held) === canonicalize(value);
}
