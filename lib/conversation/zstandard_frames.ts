/**
 * The frames of a file of Zstandard (RFC 8878, 3.1), each with its bytes, found by the lengths that their blocks give.
 * The codec of the runtime takes a frame that is cut off for its beginning, and would leave calls out in silence.
 *
 * @returns `undefined` if the file is cut off, or something else stands in it
 */
export function framesOf(bytes: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 8 > bytes.length) return undefined;
    const magic = view.getUint32(at, true);
    if ((magic & 0xfffffff0) >>> 0 === 0x184d2a50) {
      at += 8 + view.getUint32(at + 4, true);
      if (at > bytes.length) return undefined;
      continue;
    }
    const end = magic === 0xfd2fb528 ? endOfFrame(view, at) : undefined;
    if (end === undefined) return undefined;
    frames.push(bytes.subarray(at, end));
    at = end;
  }
  return frames;
}

/** Where a frame ends; `undefined` if that is behind the end of the file. */
function endOfFrame(view: DataView, start: number): number | undefined {
  const about = view.getUint8(start + 4);
  const isSingle = (about & 0x20) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][about >>> 6]!;
  let at = start + 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][about & 3]! + sizeBytes;
  for (;;) {
    if (at + 3 > view.byteLength) return undefined;
    const header = view.getUint8(at) | view.getUint8(at + 1) << 8 | view.getUint8(at + 2) << 16;
    const kind = header >>> 1 & 3;
    if (kind === 3) return undefined;
    // A block of one byte that repeats has just that byte.
    at += 3 + (kind === 1 ? 1 : header >>> 3);
    if ((header & 1) !== 0) break;
  }
  if ((about & 4) !== 0) at += 4;
  return at > view.byteLength ? undefined : at;
}
