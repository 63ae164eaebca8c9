/**
 * YAML: a strict reader that keeps places and scalars as written. Who decides does not write: see write.ts,
 * comments.ts; and loads no more than a plain text needs: the whole reader is in parse.ts.
 */
export * from "./error.ts";
export * from "./node.ts";
export { readYaml } from "./read.ts";
export { isNullScalar, scalarBool, scalarInteger, scalarNumber, scalarText } from "./scalar.ts";
