/** JSON: a strict reader, the canonical writer (RFC 8785), JSONL, and formatted output. */
export * from "./canonical.ts";
export * from "./compact.ts";
export * from "./lines.ts";
export * from "./pretty.ts";
export * from "./read.ts";
export * from "./recognize.ts";
export * from "./structure.ts";
export * from "./value.ts";
