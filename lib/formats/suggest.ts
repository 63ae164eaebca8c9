/** The known name most similar to a mistyped one, if it is similar enough. */
export function suggest(typed: string, known: readonly string[]): string | undefined {
  // The comparison is quadratic, and a name of this length is not a typo.
  if (typed.length > MAX_LENGTH) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(typed.toLowerCase(), name.toLowerCase());
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/**
 * The known names that a mistyped one may mean: the most similar one, or else up to three that share the most words
 * with it, such as `pack-ttl` for `export-ttl`.
 */
export function suggestAll(typed: string, known: readonly string[]): string[] {
  const near = suggest(typed, known);
  if (near !== undefined) return [near];
  if (typed.length > MAX_LENGTH) return [];
  const words = new Set(typed.toLowerCase().split(/[-_]/));
  const shared = known.map((name) => name.split("-").filter((word) => words.has(word)).length);
  const most = shared.reduce((a, b) => Math.max(a, b), 0);
  const found = known.filter((_, i) => shared[i] === most);
  return most > 0 && found.length <= 3 ? found : [];
}

const MAX_LENGTH = 200;

/** Number of inserted, removed, replaced or swapped characters (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, rows[i - 2]![j - 2]! + 1);
      }
      row.push(cost);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
