/** Replaces lib/formats/zip/native_crc32.ts in the page, where `node:zlib` is missing. */
export { crc32 } from "../../../../formats/zip/crc32.ts";
