import { buildEvidencePack, type EvidencePackOptions, locateRun } from "../../lib/guard/build.ts";
import { type EvidencePaths, NO_PATHS } from "../../lib/guard/read_evidence.ts";
import { canonicalBytes, type JsonObject, readJsonObject, without } from "../../lib/formats/json/mod.ts";
import { NO_KEYS, type PrivateKey, sha256, signDocument, withSignature } from "../../lib/signing/mod.ts";
import { evidencePackId } from "../../lib/guard/pack_id.ts";
import { FAKE_NOW } from "./fake_effects.ts";
import { type MemoryFiles, memoryFiles } from "./memory_files.ts";
import { packSample, repack, unpack } from "./sample_run.ts";

/** Where {@linkcode evidenceFolder} has its runpack. */
export const RUNPACK = "gait-out/runpack_run_sample.zip";

/** A trace of the gate, as far as evidence needs it. */
export function aTrace(members: JsonObject = {}): JsonObject {
  return {
    schema_id: "gait.gate.trace",
    schema_version: "1.0.0",
    created_at: "2026-03-01T09:05:00Z",
    trace_id: "trace_1",
    tool_name: "tool.search",
    policy_digest: "ab".repeat(32),
    verdict: "allow",
    ...members,
  };
}

/** A trace with the signature of a key. */
export async function signedTrace(key: PrivateKey, members: JsonObject = {}): Promise<JsonObject> {
  const document = aTrace(members);
  return { ...document, signature: { ...await signDocument(document, key) } };
}

/** Who approved the call of {@linkcode aTrace}. */
export function anAudit(members: JsonObject = {}): JsonObject {
  return {
    schema_id: "gait.gate.approval_audit_record",
    schema_version: "1.0.0",
    created_at: "2026-03-01T09:05:00Z",
    producer_version: "p",
    trace_id: "trace_1",
    tool_name: "tool.search",
    ...members,
  };
}

/** Files in memory: the sample run, and whatever else a test puts beside it. */
export async function evidenceFolder(
  more: Readonly<Record<string, JsonObject | string>> = {},
  key?: PrivateKey,
): Promise<MemoryFiles> {
  const contents = Object.entries(more).map(([path, value]) =>
    [path, typeof value === "string" ? value : JSON.stringify(value)] as const
  );
  return memoryFiles({ [RUNPACK]: (await packSample(() => {}, key)).bytes, ...Object.fromEntries(contents) });
}

/** Options that ask for nothing. */
export const PLAIN: EvidencePackOptions = { template: "", trusted: NO_KEYS, version: "0.0.0-test" };

/** The evidence pack of the run in a folder. */
export async function evidencePack(
  files: MemoryFiles,
  paths: Partial<EvidencePaths> = {},
  options: Partial<EvidencePackOptions> = {},
) {
  const run = await locateRun(RUNPACK, { files, home: undefined, now: () => FAKE_NOW });
  return await buildEvidencePack(run, { ...NO_PATHS, ...paths }, { ...PLAIN, ...options }, files);
}

/** An evidence pack with other contents whose digests and id were made to fit, as whoever has no key can do it. */
export async function forgeEvidence(
  bytes: Uint8Array<ArrayBuffer>,
  changes: Readonly<Record<string, Uint8Array<ArrayBuffer> | undefined>>,
  manifestChanges: (manifest: JsonObject) => JsonObject = (manifest) => manifest,
  key?: PrivateKey,
): Promise<Uint8Array<ArrayBuffer>> {
  const entries = new Map(await unpack(bytes)) as Map<string, Uint8Array<ArrayBuffer>>;
  for (const [name, content] of Object.entries(changes)) {
    if (content === undefined) entries.delete(name);
    else entries.set(name, content);
  }
  const before = readJsonObject(entries.get("pack_manifest.json")!, { what: "manifest" });
  const listed = before.contents as { path: string; sha256: string; type: string }[];
  const contents = [];
  for (const { path, type } of listed) {
    if (entries.has(path)) contents.push({ path, sha256: await sha256(entries.get(path)!), type });
  }
  const packId = await evidencePackId(String(before.run_id), contents);
  const manifest = manifestChanges({ ...without(before, "signatures"), contents, pack_id: packId });
  entries.set("pack_manifest.json", canonicalBytes(key ? await withSignature(manifest, key) : manifest));
  return await repack(entries);
}
