import { invalidInput, verificationFailed } from "../../errors/mod.ts";
import { trimChars, trimEndChars } from "../trim.ts";
import { crc32For } from "./crc32.ts";
import { readDirectory, type ZipEntry, ZSTANDARD } from "./directory.ts";
import { damaged, inflate, MAX_RATIO } from "./inflate.ts";
import { INFLATED_PIECE, inflatePieces, inflateSmall } from "./inflate_small.ts";

/** Limits of the reader: uncompressed sizes in bytes. */
export interface ZipLimits {
  readonly entryBytes: number;
  /** Sum over all entries that are read; rereading an entry does not count again. */
  readonly totalBytes: number;
  /**
   * Entries up to this size are inflated by our own code, which starts faster and checks every bit, but is slower for
   * large ones.
   */
  readonly ownInflateBytes?: number;
  /** Unpacks an entry in Zstandard to at most `size` bytes; without it, such entries are refused, as in evidence. */
  readonly zstandard?: (packed: Uint8Array, size: number) => Promise<Uint8Array>;
}

/**
 * 100 MiB per entry (docs/spec/core.md 3.8). The total is limited too, so that many large entries can't circumvent
 * it.
 */
export const EVIDENCE_LIMITS: ZipLimits = { entryBytes: 104_857_600, totalBytes: 1_073_741_824 };

/** An archive with unambiguous names. Nothing is ever extracted to disk. */
export interface ZipArchive {
  readonly names: readonly string[];
  /** Descriptions of tolerated bytes around the archive. */
  readonly remarks: readonly string[];
  has(name: string): boolean;
  /** Declared size of an entry in bytes; `undefined` if it does not exist. */
  sizeOf(name: string): number | undefined;
  /** Unix permission bits of an entry; `undefined` if it does not exist. */
  modeOf(name: string): number | undefined;
  /** Whether an entry is written in the canonical form of docs/spec/core.md 3.7. */
  isCanonical(name: string): boolean;
  /** Whole content of an entry. */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Content of an entry in chunks, each of which is valid until the next one is asked for: whoever keeps one copies it.
   * All checks have passed only after the last chunk.
   */
  chunks(name: string): AsyncGenerator<Uint8Array>;
}

/**
 * Open an archive. Names are looked up exactly; other entries are ignored, whatever their name.
 *
 * @throws {GaitError} `invalid_input` when it can't be read, `verification_failed` when it is ambiguous or a name
 * occurs twice, also after trimming, case folding or Unicode normalisation
 */
export function openZip(bytes: Uint8Array<ArrayBuffer>, limits: ZipLimits = EVIDENCE_LIMITS): ZipArchive {
  const { entries, remarks } = readDirectory(bytes, { hasZstandard: limits.zstandard !== undefined });
  refuseDuplicates(entries);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const counted = new Set<string>();
  const own = limits.ownInflateBytes ?? SMALL;
  let total = 0;

  function find(name: string): ZipEntry {
    const entry = byName.get(name);
    if (!entry) throw invalidInput(`Cannot read entry "${name}": there is no such entry`);
    return entry;
  }

  /** An entry that may be read, with its compressed bytes. */
  function open(name: string): [ZipEntry, Uint8Array<ArrayBuffer>] {
    const entry = find(name);
    refuseUnreadable(entry, limits);
    // Rereading an entry gives the same content.
    if (!counted.has(name)) total += entry.size;
    counted.add(name);
    if (total > limits.totalBytes) {
      throw invalidInput("Cannot read archive: its entries are too large together");
    }
    return [entry, bytes.subarray(entry.dataStart, entry.dataStart + entry.compressedSize)];
  }

  async function* chunks(name: string): AsyncGenerator<Uint8Array> {
    const [entry, packed] = open(name);
    const crc32 = await crc32For(entry.size);
    let crc = 0;
    for await (const chunk of unpack(entry, packed, own, limits)) {
      crc = crc32(chunk, crc);
      yield chunk;
    }
    if (crc !== entry.crc32) throw damaged(name, WRONG_CHECKSUM);
  }

  return {
    names: [...byName.keys()],
    remarks,
    has: (name) => byName.has(name),
    sizeOf: (name) => byName.get(name)?.size,
    modeOf: (name) => byName.get(name)?.mode,
    isCanonical: (name) => byName.get(name)?.canonical === true,
    chunks,
    async read(name) {
      const [entry, packed] = open(name);
      if (inflatesHere(entry, own)) {
        // At once: pieces would be copied together, which shows where an entry is a whole archive.
        const content = inflateWhole(entry, packed);
        const crc32 = await crc32For(entry.size);
        if (crc32(content) !== entry.crc32) throw damaged(name, WRONG_CHECKSUM);
        return content;
      }
      const content = new Uint8Array(entry.size);
      let at = 0;
      for await (const chunk of chunks(name)) {
        content.set(chunk, at);
        at += chunk.length;
      }
      return content;
    },
  };
}

/** Default for {@linkcode ZipLimits.ownInflateBytes}, the size at which the built-in inflate becomes faster. */
const SMALL = 64 * 1024;

const WRONG_CHECKSUM = "its checksum is wrong";
const DAMAGED = "its compressed data is damaged";

function unpack(
  entry: ZipEntry,
  packed: Uint8Array<ArrayBuffer>,
  own: number,
  { zstandard }: ZipLimits,
): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (entry.method === 0) return [packed];
  if (entry.method === ZSTANDARD && zstandard !== undefined) return unpackZstandard(entry, packed, zstandard);
  if (!inflatesHere(entry, own)) return inflate(packed, entry.size, entry.name);
  return entry.size > INFLATED_PIECE ? inflateLarge(entry, packed) : [inflateWhole(entry, packed)];
}

/** Whether our own code inflates an entry. */
function inflatesHere({ method, size }: ZipEntry, own: number): boolean {
  return method === 8 && size <= own;
}

async function* unpackZstandard(
  { name, size }: ZipEntry,
  packed: Uint8Array,
  zstandard: NonNullable<ZipLimits["zstandard"]>,
): AsyncGenerator<Uint8Array> {
  const content = await zstandard(packed, size);
  if (content.length !== size) throw damaged(name, DAMAGED);
  yield content;
}

function inflateWhole({ name, size }: ZipEntry, packed: Uint8Array): Uint8Array<ArrayBuffer> {
  const content = inflateSmall(packed, size);
  if (!content) throw damaged(name, DAMAGED);
  return content;
}

function* inflateLarge({ name, size }: ZipEntry, packed: Uint8Array): Generator<Uint8Array> {
  if (!(yield* inflatePieces(packed, size))) throw damaged(name, DAMAGED);
}

function refuseUnreadable(entry: ZipEntry, limits: ZipLimits): void {
  const { name, size, compressedSize, method } = entry;
  if (size > limits.entryBytes) throw damaged(name, `it is larger than ${limits.entryBytes} bytes`);
  if (entry.encrypted) throw damaged(name, "it is encrypted, or no whole file");
  const isOther = method === ZSTANDARD && limits.zstandard !== undefined;
  if (method !== 0 && method !== 8 && !isOther) {
    throw damaged(name, `compression method ${method} is not supported`);
  }
  if (method === 0 && size !== compressedSize) throw damaged(name, "its two sizes differ");
  if (!isOther && size > compressedSize * MAX_RATIO) {
    throw damaged(name, "it claims to expand more than deflate can");
  }
  if (!entry.plainFile) {
    // Other readers would see different content if a link or folder had the name of a file.
    throw verificationFailed(`Archive entry "${name}" is not a regular file`, {
      detail: "archive_entry_not_a_file",
    });
  }
}

/** Refuse names that some file system or reader considers equal (docs/threat_model.md 3). */
function refuseDuplicates(entries: readonly ZipEntry[]): void {
  const seen = new Set<string>();
  for (const { name } of entries) {
    const folded = foldName(name);
    if (folded === "") continue;
    if (seen.has(folded)) {
      throw verificationFailed(`Archive holds entry "${name.trim()}" more than once`, {
        detail: "archive_duplicate_entries",
        hint: "Do not trust this archive: readers may see different content under one name",
      });
    }
    seen.add(folded);
  }
}

/**
 * Normalise equivalent spellings of a name: Unicode form and letter case are ignored, readers written in C stop at
 * NUL, Windows treats `\\` as a separator and drops trailing dots and blanks, and extraction drops a leading `/` or
 * `./`.
 */
function foldName(name: string): string {
  const [visible = ""] = name.split("\0", 1);
  return trimChars(visible, isBlank).split(/[/\\]/)
    .map((part) => part === ".." ? part : trimEndChars(part, isDotOrBlank))
    .filter((part) => part !== "")
    .join("/")
    .normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}

/** `trim()` keeps U+0085, which other readers trim. */
function isBlank(char: string): boolean {
  return char === "\u0085" || /\s/.test(char);
}

function isDotOrBlank(char: string): boolean {
  return char === "." || /\s/.test(char);
}
