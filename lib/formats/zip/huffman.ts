/**
 * Lengths of a Huffman code for symbols that occur so often, none longer than `limit` (RFC 1951 section 3.2.2).
 * A code of one symbol gets a second, unused one, since not every reader takes a code of one.
 */
export function huffmanLengths(counts: Uint32Array, limit: number): Uint8Array {
  const lengths = new Uint8Array(counts.length);
  const used = [...counts.keys()].filter((symbol) => counts[symbol]! > 0);
  if (used.length === 0) return lengths;
  if (used.length === 1) {
    lengths[used[0]!] = 1;
    lengths[used[0] === 0 ? 1 : 0] = 1;
    return lengths;
  }
  // Sorted by count, then symbol: a tie must not depend on the sort of the engine.
  used.sort((a, b) => counts[a]! - counts[b]! || a - b);
  const perLength = limited(depths(used.map((symbol) => counts[symbol]!)), limit);
  // The rarest symbols get the longest codes.
  let at = 0;
  for (let length = limit; length > 0; length--) {
    for (let i = 0; i < perLength[length]!; i++) lengths[used[at++]!] = length;
  }
  return lengths;
}

/** How many leaves of the Huffman tree of ascending weights lie at each depth. */
function depths(weights: readonly number[]): number[] {
  const count = weights.length;
  const sums: number[] = [];
  const parents = new Int32Array(2 * count - 1);
  let leaf = 0;
  let inner = 0;
  // Two queues: leaves in order, and sums, which arise in order.
  const lightest = (node: number): number => {
    const takesLeaf = leaf < count && (inner >= sums.length || weights[leaf]! <= sums[inner]!);
    const taken = takesLeaf ? leaf : count + inner;
    parents[taken] = node;
    return takesLeaf ? weights[leaf++]! : sums[inner++]!;
  };
  for (let i = 0; i < count - 1; i++) sums.push(lightest(count + i) + lightest(count + i));
  const depth = new Int32Array(2 * count - 1);
  const found: number[] = [];
  for (let node = 2 * count - 3; node >= 0; node--) {
    depth[node] = depth[parents[node]!]! + 1;
    if (node < count) found[depth[node]!] = (found[depth[node]!] ?? 0) + 1;
  }
  return found;
}

/** Move leaves that lie too deep up, and as many others down as the code needs (Kraft's sum stays 1). */
function limited(found: readonly number[], limit: number): number[] {
  const perLength = Array.from({ length: limit + 1 }, (_, length) => found[length] ?? 0);
  for (let length = limit + 1; length < found.length; length++) perLength[limit]! += found[length] ?? 0;
  let sum = 0;
  for (let length = 1; length <= limit; length++) sum += perLength[length]! * 2 ** (limit - length);
  for (; sum > 2 ** limit; sum--) {
    perLength[limit]!--;
    let length = limit - 1;
    while (perLength[length] === 0) length--;
    perLength[length]!--;
    perLength[length + 1]! += 2;
  }
  return perLength;
}

/** The codes of these lengths, their bits turned around as the stream wants them. */
export function reversedCodes(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length);
  let next = 0;
  for (let length = 1; length <= 15; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] === length) codes[symbol] = reversed(next++, length);
    }
    next <<= 1;
  }
  return codes;
}

function reversed(code: number, length: number): number {
  let turned = 0;
  for (let i = 0; i < length; i++) turned |= (code >> i & 1) << (length - 1 - i);
  return turned;
}
