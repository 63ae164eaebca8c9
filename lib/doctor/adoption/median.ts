/** The median; for an even count, the mean of the middle two, rounded down. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return Number((BigInt(sorted[middle - 1]!) + BigInt(sorted[middle]!)) / 2n);
}
