import { compareBytewise } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { omitEmpty } from "../schema/fields.ts";
import { encodeCallPayload, encodeJobPayload, encodePackManifest, encodeRunPayload } from "../schema/pack.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { ifReadable } from "../errors/mod.ts";
import { readAuthorizationView } from "./contracts/authorization.ts";
import { readCallPayload } from "./contracts/call.ts";
import { readJobEvents, readJobPayload, readJobState } from "./contracts/job.ts";
import { readRunPayload, runPayloadOf } from "./contracts/run.ts";
import { openPack, refuseGuard } from "./open.ts";
import { scanRunpack } from "./scan_runpack.ts";

/** The content of a pack. Nothing is verified. */
export interface PackView {
  readonly packId: string;
  readonly packType: string;
  readonly sourceRef: string;
  /** The complete JSON form (docs/spec/pack.md section 5). */
  readonly json: JsonObject;
}

/**
 * Show a pack (docs/spec/pack.md section 5). Unreadable parts are omitted.
 *
 * @throws {GaitError} `invalid_input` when it is not a pack, `verification_failed` when it is ambiguous
 */
export async function inspectPack(bytes: Uint8Array<ArrayBuffer>): Promise<PackView> {
  const opened = await openPack(bytes);
  switch (opened.kind) {
    case "guard":
      throw refuseGuard();
    case "runpack":
      return await inspectLegacy(bytes);
    case "pack":
      break;
  }
  const { archive, manifest } = opened;
  const head = { pack_id: manifest.pack_id, pack_type: manifest.pack_type, source_ref: manifest.source_ref };
  const parts: JsonObject = { ...head, manifest: encodePackManifest(manifest) };
  const add = async (name: string, make: () => Promise<JsonObject>) => {
    const found = await ifReadable(make);
    if (found) parts[name] = found;
  };
  switch (manifest.pack_type) {
    case "run":
      await add("run_payload", async () => encodeRunPayload(await readRunPayload(archive)));
      await add("run_lineage", async () => (await lineageOf(await archive.read(PACK_ENTRY.runpack))).json);
      if (archive.has(PACK_ENTRY.runAuthorization)) {
        const { authorizationView } = await import("./authorized/story.ts");
        Object.assign(parts, await ifReadable(() => authorizationView(archive)));
      }
      break;
    case "job":
      await add("job_payload", async () => encodeJobPayload(await readJobPayload(archive)));
      await add("job_lineage", () => jobLineage(archive));
      break;
    case "call":
      await add("call_payload", async () => encodeCallPayload(await readCallPayload(archive)));
      break;
    case "authorization":
      Object.assign(parts, await ifReadable(() => readAuthorizationView(archive)));
      break;
  }
  return {
    packId: manifest.pack_id,
    packType: manifest.pack_type,
    sourceRef: manifest.source_ref,
    json: parts,
  };
}

/** A runpack shown as a pack; it must be intact (docs/spec/pack.md section 5). */
async function inspectLegacy(bytes: Uint8Array<ArrayBuffer>): Promise<PackView> {
  const { json, scanned } = await lineageOf(bytes);
  const head = {
    pack_id: scanned.manifest.manifest_digest,
    pack_type: "run",
    source_ref: scanned.run.run_id,
  };
  const payload = { ...encodeRunPayload(runPayloadOf(scanned)), created_at: scanned.run.created_at };
  return {
    packId: head.pack_id,
    packType: head.pack_type,
    sourceRef: head.source_ref,
    json: { ...head, run_payload: payload, run_lineage: json, legacy_type: "runpack" },
  };
}

/** Intents with their results; the last record of an id wins. */
async function lineageOf(bytes: Uint8Array<ArrayBuffer>) {
  const tools = new Map<string, string>();
  const statuses = new Map<string, string>();
  const scanned = await scanRunpack(bytes, {
    intent: ({ intent_id, tool_name }) => void tools.set(intent_id, tool_name),
    result: ({ intent_id, status }) => void statuses.set(intent_id, status),
  });
  const ids = [...new Set([...tools.keys(), ...statuses.keys()])].sort(compareBytewise);
  const results = ids.map((id) =>
    omitEmpty(
      { intent_id: id, tool_name: tools.get(id) ?? "", status: statuses.get(id) ?? "" },
      "tool_name",
      "status",
    )
  );
  const json = omitEmpty({
    timeline_events: scanned.run.timeline?.length ?? 0,
    receipt_count: scanned.refs.receipts.length,
    intent_results: results,
  }, "intent_results");
  return { scanned, json };
}

async function jobLineage(archive: ZipArchive): Promise<JsonObject> {
  const state = await readJobState(archive);
  let [count, lastType] = [0, ""];
  for await (const { type } of readJobEvents(archive)) [count, lastType] = [count + 1, type];
  const checkpoints = state.checkpoints
    .map(({ checkpoint_id, type, reason_code }) => ({ checkpoint_id, type, reason_code }))
    .sort((a, b) => compareBytewise(a.checkpoint_id, b.checkpoint_id));
  return omitEmpty(
    { event_count: count, last_event_type: lastType, checkpoint_refs: checkpoints },
    "last_event_type",
    "checkpoint_refs",
  );
}
