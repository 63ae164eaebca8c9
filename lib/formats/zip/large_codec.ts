/**
 * The codec of zip.js compiled to WebAssembly, for large contents: it gives the same bytes as the one in JavaScript in
 * two thirds of the time, but takes a while to load. Loading this module puts it in the place of the other.
 */
export { configure } from "@zip-js/zip-js/lib/zip-core.js";
