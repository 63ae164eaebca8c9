/** YAML: a strict reader that keeps places and scalars as written. Who decides does not write: see write.ts, comments.ts. */
export * from "./error.ts";
export * from "./node.ts";
export { MAX_EXPANDED_NODES } from "./build.ts";
export { MAX_YAML_DEPTH, parseYaml } from "./parse.ts";
export { isNullScalar, scalarBool, scalarInteger, scalarNumber, scalarText } from "./scalar.ts";
