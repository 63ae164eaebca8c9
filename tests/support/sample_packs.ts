import { buildJobPack } from "../../lib/pack/build_job.ts";
import { buildRunPack } from "../../lib/pack/build_run.ts";
import type { JobRecord } from "../../lib/pack/job_record.ts";
import { packIdOf } from "../../lib/pack/manifest.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { canonicalBytes, type JsonObject, readJsonObject } from "../../lib/formats/json/mod.ts";
import { writeZip } from "../../lib/formats/zip/write.ts";
import { decode } from "../../lib/schema/fields.ts";
import { jobEventSchema, jobStateSchema } from "../../lib/schema/job.ts";
import { encodePackManifest, packManifestSchema } from "../../lib/schema/pack.ts";
import { PACK_ENTRY } from "../../lib/schema/pack_layout.ts";
import { type PrivateKey, sha256, withSignature } from "../../lib/signing/mod.ts";
import { packSample, unpack } from "./sample_run.ts";

/** A pack of the sample run. */
export async function runPackSample(
  key?: PrivateKey,
  // deno-lint-ignore no-explicit-any -- tests break the shape on purpose
  change: (run: any) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes } = await packSample(change);
  return (await buildRunPack(bytes, "0.0.0-test", key)).pack.bytes;
}

const T = "2026-04-01T08:00:00Z";
const EVENT = { schema_id: "gait.job.event", schema_version: "1.0.0", created_at: T, job_id: "job_1" };

/** The files of a job folder. */
export const JOB_STATE = {
  schema_id: "gait.job.runtime",
  schema_version: "1.0.0",
  created_at: T,
  updated_at: "2026-04-01T08:02:00.5Z",
  producer_version: "7.7.7",
  job_id: "job_1",
  status: "paused",
  stop_reason: "paused_by_user",
  status_reason_code: "paused",
  environment_fingerprint: "envfp:test",
  identity: "mia",
  revision: 3,
  checkpoints: [{
    checkpoint_id: "cp_0001",
    created_at: T,
    type: "progress",
    summary: "half",
    reason_code: "checkpoint_progress",
  }],
  approvals: [{ created_at: T, actor: "boss", reason: "fine" }],
};
export const JOB_EVENTS = [
  {
    ...EVENT,
    revision: 1,
    type: "submitted",
    actor: "mia",
    payload: { environment_fingerprint: "envfp:test" },
  },
  { ...EVENT, revision: 2, type: "checkpoint_added", reason_code: "checkpoint_progress" },
  { ...EVENT, revision: 3, type: "paused", reason_code: "paused" },
];

/** A job as it is read from its folder, complete. */
export function jobSample(): JobRecord {
  return {
    state: decode(jobStateSchema, JOB_STATE as JsonObject, "job"),
    events: JOB_EVENTS.map((event) => decode(jobEventSchema, event as JsonObject, "event")),
    notes: [],
  };
}

/** A pack of the sample job. */
export async function jobPackSample(key?: PrivateKey): Promise<Uint8Array<ArrayBuffer>> {
  return (await buildJobPack(jobSample(), "0.0.0-test", key)).bytes;
}

/** Contents by path; a text stands for its bytes, `undefined` takes an entry away. */
export type Changes = Readonly<Record<string, string | Uint8Array<ArrayBuffer> | undefined>>;

/**
 * A pack with changed contents and a matching manifest: rows, pack id and signature are recomputed, as an attacker
 * with or without the key could.
 */
export async function forge(
  pack: Uint8Array<ArrayBuffer>,
  changes: Changes,
  { key, manifest: edit = () => {} }: { key?: PrivateKey; manifest?: (manifest: JsonObject) => void } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const contents = new Map(await unpack(pack) as Map<string, Uint8Array<ArrayBuffer>>);
  for (const [path, content] of Object.entries(changes)) {
    if (content === undefined) contents.delete(path);
    else contents.set(path, typeof content === "string" ? utf8(content) : content);
  }
  const document = readJsonObject(contents.get(PACK_ENTRY.manifest)!, { what: "manifest" });
  contents.delete(PACK_ENTRY.manifest);
  const rows: JsonObject[] = [];
  for (const [path, content] of [...contents].sort(([a], [b]) => a < b ? -1 : 1)) {
    const type = path.endsWith(".jsonl") ? "jsonl" : path.endsWith(".zip") ? "zip" : "json";
    rows.push({ path, sha256: await sha256(content), type });
  }
  const { signatures: _, ...unsigned }: JsonObject = { ...document, contents: rows };
  edit(unsigned);
  const manifest = decode(packManifestSchema, unsigned, "manifest");
  const complete = encodePackManifest({ ...manifest, pack_id: await packIdOf(manifest) });
  const signed = key ? await withSignature(complete, key) : complete;
  contents.set(PACK_ENTRY.manifest, canonicalBytes(signed));
  return await archiveOf(contents);
}

/** A pack with exchanged bytes and nothing else adapted. */
export async function swap(
  pack: Uint8Array<ArrayBuffer>,
  changes: Changes,
): Promise<Uint8Array<ArrayBuffer>> {
  const contents = new Map<string, Uint8Array>(await unpack(pack));
  for (const [path, content] of Object.entries(changes)) {
    if (content === undefined) contents.delete(path);
    else contents.set(path, typeof content === "string" ? utf8(content) : content);
  }
  return await archiveOf(contents);
}

/** An archive in canonical form. */
export async function archiveOf(contents: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return await writeZip([...contents].map(([name, content]) => ({ name, content })), "stored");
}
