import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip-js/zip-js";
import { compareBytewise } from "../bytes.ts";

/** A file to put into an archive. */
export interface ZipFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** Extended timestamp 1980-01-01T00:00:00Z, in the local and the central header alike. */
const EXTENDED_TIMESTAMP: readonly [number, Uint8Array] = [
  0x5455,
  new Uint8Array([1, 0x00, 0xa6, 0xce, 0x12]),
];

/**
 * Write an archive whose bytes depend on names and contents alone (docs/spec/core.md 3.7): entries in byte order of
 * their names, deflate, 1980-01-01, mode 0644.
 */
export async function writeZip(files: readonly ZipFile[]): Promise<Uint8Array<ArrayBuffer>> {
  configure({ useWebWorkers: false });
  const writer = new ZipWriter(new Uint8ArrayWriter(), {
    // DOS time is local time, so midnight of the local first of January is the same bytes in every zone.
    lastModDate: new Date(1980, 0, 1),
    extendedTimestamp: false,
    zip64: false,
    versionMadeBy: 0x0314,
    externalFileAttributes: 0x81a40000,
    dataDescriptor: true,
    dataDescriptorSignature: true,
  });
  for (const file of [...files].sort((a, b) => compareBytewise(a.name, b.name))) {
    await writer.add(file.name, new Uint8ArrayReader(file.content), {
      extraField: new Map([EXTENDED_TIMESTAMP]),
    });
  }
  return await writer.close() as Uint8Array<ArrayBuffer>;
}
