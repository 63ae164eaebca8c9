import type { Files } from "../../effects/types.ts";
import { compareBytewise, decodeUtf8 } from "../../formats/bytes.ts";
import { prettyJson, readJson } from "../../formats/json/mod.ts";
import { folderOf, outputPath } from "../../formats/path.ts";
import { compareInstants, type Rfc3339 } from "../../formats/time.ts";
import { trim } from "../../formats/text.ts";
import { encodeEntry, encodeUnsigned, entriesOf, isExpired, parseEntry, type ScriptEntry } from "./entry.ts";
import { messageOf } from "../../errors/mod.ts";
import { checkSignature, digestOf, type PublicKey } from "../../signing/mod.ts";

/** A registry beyond this is no registry: 64 MiB. */
const MAX_REGISTRY_BYTES = 1 << 26;

/**
 * The entries of a registry, in the order of the file; none when it is missing or blank (docs/spec/gate.md 6.2).
 *
 * @throws {GaitError} `invalid_input` when it can't be read or an entry is out of shape
 */
export async function readRegistry(files: Files, path: string): Promise<ScriptEntry[]> {
  if (await files.stat(path) === undefined) return [];
  const what = `script registry "${path}"`;
  const content = await files.read(path, MAX_REGISTRY_BYTES);
  if (trim(decodeUtf8(content)) === "") return [];
  // A registry grants rights, and its entries are signed.
  const entries = entriesOf(readJson(content, { what, signed: true }), what);
  return entries.map((entry, i) => parseEntry(entry, `${what}, entry ${i + 1}`));
}

/**
 * Put an entry into a registry, in the place of one with the same pattern id. Two approvers at once both get in.
 *
 * @throws {GaitError} `invalid_input` when the present registry can't be read: it is never overwritten
 */
export async function putEntry(files: Files, path: string, entry: ScriptEntry): Promise<void> {
  const target = outputPath(path);
  await files.makeFolder(folderOf(target));
  await files.withLock(target, {}, async () => {
    const others = (await readRegistry(files, target)).filter((old) => old.patternId !== entry.patternId);
    const entries = [...others, entry].sort((a, b) =>
      compareBytewise(a.patternId, b.patternId) || compareInstants(a.createdAt, b.createdAt)
    );
    await files.writeAtomic(target, prettyJson({ entries: entries.map(encodeEntry) }));
  });
}

/** The entries that may approve a script, and what the user should know. */
export interface UsableEntries {
  readonly entries: readonly ScriptEntry[];
  readonly warnings: readonly string[];
  /** Set when the registry must not be relied on; with high stakes that blocks (docs/spec/gate.md 6.2). */
  readonly problem?: string;
}

/**
 * The entries of a registry that are signed by the key and still run. One entry that doesn't verify discredits
 * the whole file; one that ran out is left aside alone.
 */
export async function usableEntries(
  entries: readonly ScriptEntry[],
  key: PublicKey,
  now: Rfc3339,
): Promise<UsableEntries> {
  for (const entry of entries) {
    const problem = entry.signature === undefined
      ? "it is not signed"
      : await checkSignature(entry.signature, await digestOf(encodeUnsigned(entry)), key);
    if (problem !== undefined) {
      return unusable(`approved script entry "${entry.patternId}" does not verify: ${problem}`);
    }
  }
  const running = entries.filter((entry) => !isExpired(entry, now));
  const expired = entries.length - running.length;
  return {
    entries: running,
    warnings: expired === 0
      ? []
      : [`${expired} approved script ${expired === 1 ? "entry has" : "entries have"} expired`],
  };
}

/** No entries, because of a problem. */
export function unusable(problem: unknown): UsableEntries {
  const text = typeof problem === "string" ? problem : messageOf(problem);
  return { entries: [], warnings: [`approved scripts ignored: ${text}`], problem: text };
}
