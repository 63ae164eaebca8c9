import { canonicalize, type JsonValue, readJson } from "../formats/json/mod.ts";
import { readDocument } from "../formats/zip/documents.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { ifReadable } from "../errors/mod.ts";
import { GUARD_ENTRY, type GuardManifest } from "../schema/guard.ts";
import { equalHex } from "../signing/mod.ts";
import { evidencePackId } from "./pack_id.ts";

/** A problem with an evidence pack other than a wrong digest; any one of them fails verification. */
export interface EvidenceFinding {
  /** A stable code. */
  readonly code:
    | "nothing_declared"
    | "path_declared_twice"
    | "pack_id_differs"
    | "index_differs"
    | "pointer_differs"
    | "original_differs"
    | "original_unreadable"
    | "original_signature_failed"
    | "original_not_verified"
    | "approval_audit_changed";
  /** The affected entry. */
  readonly path: string;
  readonly message: string;
}

/**
 * Check that a manifest is consistent (docs/spec/guard.md section 4, step 5a): correct digests alone would still
 * allow a manifest that declares nothing, or that indexes missing evidence.
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
    find("pack_id_differs", GUARD_ENTRY.manifest, "its pack id does not match its contents");
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
    if (!agrees) find("index_differs", entry, "it differs from the manifest");
  }
  for (const { path, sha256, type } of [...manifest.evidence_pointers, ...rendered(manifest)]) {
    const content = byPath.get(path);
    const same = content && equalHex(content.sha256, sha256) && (type === undefined || type === content.type);
    if (!same) find("pointer_differs", path, "the manifest points to it, but does not declare it");
  }
  return findings;
}

/** Rendered artifacts have no type. */
function rendered({ rendered_artifacts }: GuardManifest) {
  return rendered_artifacts.map(({ path, sha256 }) => ({ path, sha256, type: undefined }));
}

/** Whether an entry is exactly the canonical form of a value. */
async function holds(archive: ZipArchive, entry: string, value: JsonValue): Promise<boolean> {
  const held = await ifReadable(async () => readJson(await readDocument(archive, entry), { what: entry }));
  return held !== undefined && canonicalize(held) === canonicalize(value);
}
