/** YAML: a strict reader that keeps places and scalars as written, and a writer. */
export * from "./error.ts";
export * from "./node.ts";
export { MAX_EXPANDED_NODES } from "./build.ts";
export { MAX_YAML_DEPTH, parseYaml } from "./parse.ts";
export { isNullScalar, scalarBool, scalarInteger, scalarNumber, scalarText } from "./scalar.ts";
export { findComments, type FoundComment } from "./comments.ts";
export { type Comments, pathOf, writeYaml, type YamlNotes } from "./write.ts";
