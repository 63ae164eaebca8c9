/*
 * The order of the members of an object that stand in a text one after the other, with a comma between them. Where each
 * begins, and where its name ends before the closing quote, is listed; where it ends, the list has the next one.
 */

/** Most members that are put in order: it is done by insertion, which takes long for many. */
const MOST = 64;

const order = new Int32Array(MOST);

/** Compare two names by their bytes, each from its opening quote to before its closing one. */
export function compareNames(
  bytes: Uint8Array,
  left: number,
  leftEnd: number,
  right: number,
  rightEnd: number,
): number {
  const leftSize = leftEnd - left;
  const rightSize = rightEnd - right;
  const size = leftSize < rightSize ? leftSize : rightSize;
  for (let i = 1; i < size; i++) {
    const difference = bytes[left + i]! - bytes[right + i]!;
    if (difference !== 0) return difference;
  }
  return leftSize - rightSize;
}

/**
 * Sort the members from `first` to before `behind` by their names.
 *
 * @returns whether it was done: not if a name occurs twice, or there are too many
 */
export function sortMembers(
  bytes: Uint8Array,
  starts: Int32Array,
  nameEnds: Int32Array,
  first: number,
  behind: number,
): boolean {
  const count = behind - first;
  if (count > MOST) return false;
  for (let i = 0; i < count; i++) {
    const member = first + i;
    let place = i;
    for (; place > 0; place--) {
      const other = order[place - 1]!;
      const difference = compareNames(
        bytes,
        starts[other]!,
        nameEnds[other]!,
        starts[member]!,
        nameEnds[member]!,
      );
      if (difference === 0) return false;
      if (difference < 0) break;
      order[place] = other;
    }
    order[place] = member;
  }
  // What stands in its place already stays there: often the last one, which is often the largest.
  let moved = 0;
  let last = count - 1;
  while (order[moved] === first + moved && moved < last) moved++;
  while (order[last] === first + last && last > moved) last--;
  const start = starts[first + moved]!;
  const free = starts[behind]!;
  let to = free;
  for (let i = moved; i <= last; i++) {
    const member = order[i]!;
    const from = starts[member]!;
    const end = starts[member + 1]! - 1;
    move(bytes, to, from, end);
    to += end - from;
    bytes[to++] = 0x2c;
  }
  move(bytes, start, free, to - 1);
  return true;
}

/** Like `copyWithin()`, which takes longer for few bytes. */
function move(bytes: Uint8Array, to: number, from: number, end: number): void {
  if (end - from > FEW) bytes.copyWithin(to, from, end);
  else while (from < end) bytes[to++] = bytes[from++]!;
}

const FEW = 40;
