import { compareBytewise } from "../formats/bytes.ts";
import { canonicalize, type JsonObject } from "../formats/json/mod.ts";
import { EPOCH_1980 } from "../formats/time.ts";
import { omitEmpty } from "../schema/fields.ts";
import { PACK_ENTRY, PACK_SCHEMA_ID } from "../schema/pack_layout.ts";
import { encodeReceipt, encodeRefs, type Receipt, type Refs } from "../schema/runpack.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { ifReadable } from "../errors/mod.ts";
import { classifyContext, type ContextDrift } from "../runpack/refs.ts";
import { readRunPayload } from "./contracts/run.ts";
import { packManifestDigest } from "./manifest.ts";
import { openPack, refuseGuard } from "./open.ts";
import { scanRunpack } from "./scan_runpack.ts";

/** One side of a comparison: what its manifest declares, and the context of its run. */
export interface PackSide {
  readonly packId: string;
  readonly packType: string;
  readonly manifestDigest: string;
  /** Declared digests by path. */
  readonly files: ReadonlyMap<string, string>;
  readonly context?: ContextSide;
}

/** The context of a run. */
export interface ContextSide {
  readonly setDigest: string;
  readonly mode: string;
  readonly count: number;
  /** Absent if the embedded runpack can't be read. */
  readonly refs?: Refs;
}

/** The difference between two packs, with its written form. */
export interface PackDiff {
  readonly changed: boolean;
  /** The record `gait.pack.diff` (docs/spec/pack.md section 6). */
  readonly record: JsonObject;
  /** The context differences by receipt; not part of the record. */
  readonly context: ContextDetail;
}

/**
 * Read one side of a comparison. Uses declared digests; nothing is verified.
 *
 * @throws {GaitError} `invalid_input` when it is not a pack, `verification_failed` when it is ambiguous
 */
export async function readSide(bytes: Uint8Array<ArrayBuffer>): Promise<PackSide> {
  const opened = await openPack(bytes);
  switch (opened.kind) {
    case "guard":
      throw refuseGuard();
    case "runpack": {
      const { manifest, refs } = await scanRunpack(bytes);
      return {
        packId: manifest.manifest_digest,
        packType: "run",
        manifestDigest: manifest.manifest_digest,
        files: new Map(manifest.files.map(({ path, sha256 }) => [path, sha256])),
        context: contextOf(refs),
      };
    }
    case "pack": {
      const { archive, manifest } = opened;
      const side = {
        packId: manifest.pack_id,
        packType: manifest.pack_type,
        manifestDigest: await packManifestDigest(manifest),
        files: new Map(manifest.contents.map(({ path, sha256 }) => [path, sha256])),
      };
      if (manifest.pack_type !== "run") return side;
      const context =
        await ifReadable(async () =>
          contextOf((await scanRunpack(await archive.read(PACK_ENTRY.runpack))).refs)
        ) ?? await ifReadable(async () => {
          const payload = await readRunPayload(archive);
          return {
            setDigest: payload.context_set_digest,
            mode: payload.context_evidence_mode,
            count: payload.context_ref_count,
          };
        });
      return context ? { ...side, context } : side;
    }
  }
}

function contextOf(refs: Refs): ContextSide {
  return {
    setDigest: refs.context_set_digest,
    mode: refs.context_evidence_mode,
    count: refs.context_ref_count,
    refs,
  };
}

/** Compare two packs by what their manifests declare and by the context of their runs (docs/spec/pack.md section 6). */
export function diffPacks(left: PackSide, right: PackSide): PackDiff {
  const paths = (mine: PackSide, other: PackSide) =>
    [...mine.files.keys()].filter((path) => !other.files.has(path)).sort(compareBytewise);
  const added = paths(right, left);
  const removed = paths(left, right);
  const changedFiles = [...left.files].filter(([path, sha256]) =>
    right.files.has(path) && right.files.get(path) !== sha256
  ).map(([path]) => path).sort(compareBytewise);
  const manifestDelta = left.manifestDigest !== right.manifestDigest || left.packType !== right.packType;
  const drift = left.packType === "run" && right.packType === "run"
    ? driftOf(left.context, right.context)
    : "none";
  const contextChanged = drift !== "none";
  const changed = manifestDelta || added.length > 0 || removed.length > 0 || changedFiles.length > 0 ||
    contextChanged;
  const summary = omitEmpty(
    {
      changed,
      added_files: added,
      removed_files: removed,
      changed_files: changedFiles,
      manifest_delta: manifestDelta,
      context_changed: contextChanged,
      context_runtime_only_changes: drift === "runtime_only",
      context_drift_classification: drift,
    },
    "added_files",
    "removed_files",
    "changed_files",
    "context_changed",
    "context_runtime_only_changes",
  );
  return {
    changed,
    record: {
      schema_id: PACK_SCHEMA_ID.diff,
      schema_version: RECORD_VERSION,
      created_at: EPOCH_1980,
      left_pack_id: left.packId,
      right_pack_id: right.packId,
      left_pack_type: left.packType,
      right_pack_type: right.packType,
      summary,
    },
    context: contextChanged ? describeDrift(left.context?.refs, right.context?.refs) : {},
  };
}

/**
 * The class of drift between two sides; derived from payloads if there are no receipts (docs/spec/pack.md section 6).
 */
function driftOf(left: ContextSide | undefined, right: ContextSide | undefined): ContextDrift {
  if (left?.refs && right?.refs) return classifyContext(left.refs, right.refs);
  const nothing: ContextSide = { setDigest: "", mode: "", count: 0 };
  const [a, b] = [left ?? nothing, right ?? nothing];
  const known = [a, b].some(({ setDigest, count }) => setDigest !== "" || count > 0);
  const same = a.setDigest === b.setDigest && a.mode === b.mode && a.count === b.count;
  return known && !same ? "semantic" : "none";
}

/** The details of a class of drift (weak spot 10 of docs/spec/pack.md). Empty if a side can't be read. */
export interface ContextDetail {
  /** Members of the refs themselves that differ, e.g. `run_id`. */
  readonly headFields?: readonly string[];
  readonly addedReceipts?: readonly string[];
  readonly removedReceipts?: readonly string[];
  readonly changedReceipts?: readonly { readonly refId: string; readonly fields: readonly string[] }[];
}

/** Find which receipts changed, and in which members. Receipts with the same id are compared in order. */
export function describeDrift(left: Refs | undefined, right: Refs | undefined): ContextDetail {
  if (!left || !right) return {};
  const [before, after] = [byId(left.receipts), byId(right.receipts)];
  const added: string[] = [];
  const removed: string[] = [];
  const changed: { refId: string; fields: string[] }[] = [];
  for (const id of [...new Set([...before.keys(), ...after.keys()])].sort(compareBytewise)) {
    const [left, right] = [before.get(id) ?? [], after.get(id) ?? []];
    for (let i = 0; i < Math.max(left.length, right.length); i++) {
      const [was, is] = [left[i], right[i]];
      if (!was) added.push(id);
      else if (!is) removed.push(id);
      else {
        const fields = differing(encodeReceipt(was), encodeReceipt(is));
        if (fields.length > 0) changed.push({ refId: id, fields });
      }
    }
  }
  const head = differing({ ...encodeRefs(left), receipts: [] }, { ...encodeRefs(right), receipts: [] });
  return { headFields: head, addedReceipts: added, removedReceipts: removed, changedReceipts: changed };
}

function byId(receipts: readonly Receipt[]): Map<string, Receipt[]> {
  return Map.groupBy(receipts, (receipt) => receipt.ref_id);
}

function differing(left: JsonObject, right: JsonObject): string[] {
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort(compareBytewise);
  return names.filter((name) => canonicalize(left[name] ?? null) !== canonicalize(right[name] ?? null));
}
