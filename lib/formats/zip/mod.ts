/** A strict reader for zip archives. The writer is a separate module, loaded only by commands that create archives. */
export * from "./crc32.ts";
export * from "./read.ts";
export { MAX_ENTRIES } from "./directory.ts";
export { MAX_RATIO } from "./inflate.ts";
