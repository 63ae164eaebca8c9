/** Digests, Ed25519 keys, signature objects, and trusted keys. */
export * from "./digest.ts";
export * from "./ed25519.ts";
export * from "./verify_signatures.ts";
export * from "./key_file.ts";
export * from "./key_sources.ts";
export * from "./keys.ts";
export * from "./signature.ts";
export * from "./trusted_keys.ts";
