/** Archives by zip.js, with its codec in JavaScript, which ours have to equal. */
import { configure, Uint8ArrayWriter, ZipWriter } from "@zip-js/zip-js/lib/zip-core-native.js";
import { compareBytewise, utf8 } from "../bytes.ts";
import { EXTENDED_TIMESTAMP, FORM } from "./form.ts";

interface WholeFile {
  readonly name: string;
  readonly content: Uint8Array;
  readonly executable?: boolean;
}

/** Write an archive with contents of level 6. */
export async function zipByZipJs(files: readonly WholeFile[]): Promise<Uint8Array> {
  configure({ useWebWorkers: false, useCompressionStream: false });
  const writer = new ZipWriter(new Uint8ArrayWriter(), {
    // DOS time is local time, so local midnight on 1 January gives the same bytes in every time zone.
    lastModDate: new Date(1980, 0, 1),
    extendedTimestamp: false,
    zip64: false,
    versionMadeBy: FORM.versionMadeBy,
    compressionMethod: FORM.method,
    dataDescriptor: true,
    dataDescriptorSignature: true,
  });
  const [low, high] = EXTENDED_TIMESTAMP as unknown as [number, number];
  for (const { name, content, executable } of files.toSorted((a, b) => compareBytewise(a.name, b.name))) {
    await writer.add(name, { readable: ReadableStream.from([content]) }, {
      useUnicodeFileNames: utf8(name).length !== name.length,
      externalFileAttributes: FORM.modes[executable ? 1 : 0] * 0x10000,
      extraField: new Map([[low | high << 8, EXTENDED_TIMESTAMP.subarray(4)]]),
    });
  }
  return await writer.close();
}
