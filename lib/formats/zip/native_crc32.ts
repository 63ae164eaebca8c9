/** CRC-32 by `node:zlib`, for large entries. The page of `pack export --html` replaces this module. */
export { crc32 } from "node:zlib";
