/** Print a table: a title, the names of the columns, rows of texts; the first column left, the others right. */
export function printTable(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const widths = columns.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const lineOf = (cells: readonly string[]) =>
    cells.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join("  ")
      .trimEnd();
  console.log(`\n${title}\n`);
  for (const cells of [columns, ...rows]) console.log(`  ${lineOf(cells)}`);
}

/** Whether a figure is within its budget, in words. */
export function conclude(figure: number, budget: number | undefined): string {
  if (budget === undefined) return "";
  return figure <= budget ? `<= ${budget} ok` : `<= ${budget} OVER`;
}

/** A time in milliseconds. */
export function ms(time: number): string {
  return time < 10 ? time.toFixed(2) : time.toFixed(1);
}

/** The median. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
