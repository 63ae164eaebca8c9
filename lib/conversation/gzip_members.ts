import * as zlib from "node:zlib";

/**
 * Unpack a gzip file of several members, as rotation and appending leave them (RFC 1952, 2.2), which the streams of
 * the web refuse.
 *
 * @param limit most bytes that may come out
 * @returns `undefined` if it is damaged or cut off, or larger
 */
export function unpackMembers(packed: Uint8Array, limit: number): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new Uint8Array(zlib.gunzipSync(packed, { maxOutputLength: Math.max(limit, 1) }));
  } catch {
    return undefined;
  }
}
