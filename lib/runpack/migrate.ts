import { equalBytes, utf8 } from "../formats/bytes.ts";
import { baseName, folderOf } from "../formats/path.ts";
import { openZip } from "../formats/zip/mod.ts";
import { recordRun } from "./record.ts";
import { FIXED_CONTEXT } from "./demo.ts";
import type { PackedRun } from "./pack_records.ts";
import { readRunpack } from "./read.ts";
import { ENTRY, REQUIRED_ENTRIES } from "../schema/runpack_layout.ts";

/** A runpack in its current form. */
export interface Migration {
  readonly runId: string;
  readonly packed: PackedRun;
  /** `no_change` if the content of every entry is unchanged. */
  readonly status: "migrated" | "no_change";
  /** Whether the input was signed: the migrated runpack needs a new signature by the owner of the key. */
  readonly signatureDropped: boolean;
}

/** Where a migrated runpack goes unless somebody says otherwise: beside the old one, and named by the run. */
export function migratedPath(input: string, runId: string): string {
  const stem = runId.trim() ? `runpack_${runId}` : baseName(input).replace(/\.zip$/i, "");
  return `${folderOf(input)}/${stem}_migrated.zip`;
}

/** Record a runpack again from its own records, without signatures (docs/spec/core.md section 9). */
export async function migrateRunpack(bytes: Uint8Array<ArrayBuffer>): Promise<Migration> {
  const pack = await readRunpack(bytes);
  const packed = await recordRun({
    run: pack.run,
    intents: [...pack.intents],
    results: [...pack.results],
    refs: pack.refs,
    capture_mode: pack.manifest.capture_mode,
    normalization: { intent_args: undefined, result_payloads: undefined },
  }, FIXED_CONTEXT);
  const same = await sameEntries(bytes, packed);
  return {
    runId: pack.manifest.run_id,
    packed,
    status: same ? "no_change" : "migrated",
    signatureDropped: pack.manifest.signatures.length > 0,
  };
}

/** The manifests have the digests of all other entries, and those of the old runpack were checked. */
async function sameEntries(bytes: Uint8Array<ArrayBuffer>, packed: PackedRun): Promise<boolean> {
  const before = openZip(bytes);
  return before.names.length === REQUIRED_ENTRIES.length + 1 &&
    equalBytes(await before.read(ENTRY.manifest), utf8(packed.manifest));
}
