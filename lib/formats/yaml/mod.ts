/**
 * YAML: a strict reader that preserves positions and scalars as written. The writer (write.ts, comments.ts) and the
 * full reader (parse.ts) are separate modules, so that a decision loads only what it needs.
 */
export * from "./error.ts";
export * from "./node.ts";
export { readYaml } from "./read.ts";
export { isNullScalar, scalarBool, scalarInteger, scalarNumber, scalarText } from "./scalar.ts";
