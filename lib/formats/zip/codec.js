/**
 * The codec of zip.js, in WebAssembly. Not in TypeScript, which has no source phase imports; Deno imports WebAssembly in
 * no other way that works for what is loaded later (`import()`) and needs no permission to read.
 */
// @ts-self-types="./codec.d.ts"
import source module from "@zip-js/zip-js/dist/zip-module.wasm";

/** A codec with a memory of its own. */
export function newCodec() {
  return new WebAssembly.Instance(module).exports;
}
