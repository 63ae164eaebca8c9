/** Reading zip archives, strictly. The writer is a module of its own, loaded only where an archive is made. */
export * from "./crc32.ts";
export * from "./read.ts";
export { MAX_ENTRIES } from "./directory.ts";
export { MAX_RATIO } from "./inflate.ts";
