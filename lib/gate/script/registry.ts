import type { Files } from "../../effects/types.ts";
import { compareBytewise, decodeUtf8 } from "../../formats/bytes.ts";
import { prettyJson, readJson } from "../../formats/json/mod.ts";
import { folderOf, outputPath } from "../../formats/path.ts";
import { compareInstants, type Rfc3339 } from "../../formats/time.ts";
import { trim } from "../../formats/text.ts";
import { encodeEntry, encodeUnsigned, entriesOf, parseEntry, type ScriptEntry } from "./entry.ts";
import { messageOf } from "../../errors/mod.ts";
import { checkSignature, digestOf, type PublicKey } from "../../signing/mod.ts";
import { isExpired, isFromFuture } from "../../tokens/sealed.ts";

/** Larger registries are refused: 64 MiB. */
const MAX_REGISTRY_BYTES = 1 << 26;

/**
 * The entries of a registry, in the order of the file; none when it is missing or blank (docs/spec/gate.md 6.2).
 *
 * @throws {GaitError} `invalid_input` when it can't be read or an entry is malformed
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
 * Add an entry to a registry, replacing one with the same pattern id. Concurrent additions are all kept.
 *
 * @throws {GaitError} `invalid_input` when the existing registry can't be read, which is never overwritten
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

/** The usable entries of a registry, with warnings. */
export interface UsableEntries {
  readonly entries: readonly ScriptEntry[];
  readonly warnings: readonly string[];
  /**
   * Set when the registry is unusable, which blocks risky calls and every call in production (docs/spec/gate.md 6.2).
   */
  readonly problem?: string;
}

/**
 * The entries of a registry that are signed by the key and not expired. One entry that doesn't verify makes the whole
 * registry unusable; expired entries are only left out.
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
  const early = running.filter((entry) => isFromFuture(entry, now)).length;
  return {
    entries: running,
    warnings: [
      ...expired === 0
        ? []
        : [`${expired} approved script ${expired === 1 ? "entry has" : "entries have"} expired`],
      ...early === 0 ? [] : [
        `${early} approved script ${
          early === 1 ? "entry was" : "entries were"
        } made in the future: check the clocks`,
      ],
    ],
  };
}

/** No entries, because of a problem. */
export function unusable(problem: unknown): UsableEntries {
  const text = typeof problem === "string" ? problem : messageOf(problem);
  return { entries: [], warnings: [`approved scripts ignored: ${text}`], problem: text };
}
