/** Stands in for lib/formats/zip/native_crc32.ts in the page, where there is no `node:zlib`. */
export { crc32 } from "../../../../formats/zip/crc32.ts";
