import { concat, utf8 } from "../../lib/formats/bytes.ts";
import { crc32 } from "../../lib/formats/zip/crc32.ts";

/** Fields of one of the two headers of an entry; the default is the correct value. */
export interface Header {
  readonly versionMadeBy?: number;
  readonly versionNeeded?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly time?: number;
  readonly date?: number;
  readonly crc?: number;
  readonly compressedSize?: number;
  readonly size?: number;
  readonly name?: string | Uint8Array;
  readonly extra?: Uint8Array;
  readonly attributes?: number;
  readonly offset?: number;
}

/** An entry with possibly false headers. */
export interface Entry extends Header {
  readonly content?: string | Uint8Array;
  /** Bytes as they stand in the archive; the content itself when absent. */
  readonly packed?: Uint8Array;
  readonly local?: Header;
  readonly central?: Header;
  /** Bytes behind the data: a data descriptor, or a gap. */
  readonly behind?: Uint8Array;
  /** Leave the local header and the data out. */
  readonly centralOnly?: boolean;
}

/** What stands around the entries. */
export interface Frame {
  readonly before?: Uint8Array;
  readonly gapBeforeDirectory?: Uint8Array;
  readonly insideDirectory?: Uint8Array;
  readonly beforeEnd?: Uint8Array;
  readonly comment?: Uint8Array;
  readonly after?: Uint8Array;
  readonly end?: Partial<
    Record<"disk" | "startDisk" | "countHere" | "count" | "size" | "offset" | "comment", number>
  >;
  /** Offsets count from the start of the file, as by a tool that appends to a file. */
  readonly absoluteOffsets?: boolean;
}

/** Build an archive byte by byte, with the given false fields. */
export function buildZip(entries: readonly Entry[], frame: Frame = {}): Uint8Array<ArrayBuffer> {
  const before = frame.before ?? new Uint8Array();
  const shift = frame.absoluteOffsets ? before.length : 0;
  const body: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  const size = (parts: Uint8Array[]) => parts.reduce((sum, part) => sum + part.length, 0);
  let offset = shift;
  for (const entry of entries) {
    const { bytes, truth } = describe(entry);
    directory.push(centralHeader({ offset, ...truth, ...entry.central }));
    if (entry.centralOnly) continue;
    const parts = [localHeader({ ...truth, ...entry.local }), bytes, entry.behind ?? new Uint8Array()];
    offset += size(parts);
    body.push(...parts);
  }
  body.push(frame.gapBeforeDirectory ?? new Uint8Array());
  if (frame.insideDirectory) directory.push(frame.insideDirectory);
  const comment = frame.comment ?? new Uint8Array();
  const end = record([
    [4, 0x06054b50],
    [2, frame.end?.disk ?? 0],
    [2, frame.end?.startDisk ?? 0],
    [2, frame.end?.countHere ?? entries.length],
    [2, frame.end?.count ?? entries.length],
    [4, frame.end?.size ?? size(directory)],
    [4, frame.end?.offset ?? size(body) + shift],
    [2, frame.end?.comment ?? comment.length],
  ]);
  return concat([
    before,
    ...body,
    ...directory,
    frame.beforeEnd ?? new Uint8Array(),
    end,
    comment,
    frame.after ?? new Uint8Array(),
  ]);
}

function describe(entry: Entry) {
  const content = typeof entry.content === "string" ? utf8(entry.content) : entry.content ?? new Uint8Array();
  const bytes = entry.packed ?? content;
  const { content: _c, packed: _p, local: _l, central: _d, behind: _b, centralOnly: _o, ...given } = entry;
  const truth: Header = {
    method: entry.packed ? 8 : 0,
    crc: crc32(content),
    compressedSize: bytes.length,
    size: content.length,
    ...given,
  };
  return { bytes, truth };
}

function localHeader(header: Header): Uint8Array {
  const { name, extra } = variable(header);
  return concat([
    record([
      [4, 0x04034b50],
      [2, header.versionNeeded ?? 20],
      ...shared(header),
      [2, name.length],
      [2, extra.length],
    ]),
    name,
    extra,
  ]);
}

function centralHeader(header: Header): Uint8Array {
  const { name, extra } = variable(header);
  return concat([
    record([
      [4, 0x02014b50],
      [2, header.versionMadeBy ?? 0x0314],
      [2, header.versionNeeded ?? 20],
      ...shared(header),
      [2, name.length],
      [2, extra.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, header.attributes ?? 0x81a40000],
      [4, header.offset ?? 0],
    ]),
    name,
    extra,
  ]);
}

function shared(header: Header): [number, number][] {
  return [
    [2, header.flags ?? 0],
    [2, header.method ?? 0],
    [2, header.time ?? 0],
    [2, header.date ?? 0x21],
    [4, header.crc ?? 0],
    [4, header.compressedSize ?? 0],
    [4, header.size ?? 0],
  ];
}

function variable({ name = "a.txt", extra = new Uint8Array() }: Header) {
  return { name: typeof name === "string" ? utf8(name) : name, extra };
}

/** Little-endian fields: pairs of width and value. */
export function record(fields: readonly (readonly [number, number])[]): Uint8Array<ArrayBuffer> {
  const bytes = fields.flatMap(([width, value]) =>
    Array.from({ length: width }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 0xff)
  );
  return Uint8Array.from(bytes);
}

/** Raw deflate of bytes. */
export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
