/** CRC-32 by `node:zlib`, for large entries. The page of `pack export --html` puts a module of its own here. */
export { crc32 } from "node:zlib";
