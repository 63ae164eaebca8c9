import { invalidInput } from "../errors/mod.ts";

/** One row of a table by the names of its columns, with the line that it begins on, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/**
 * Read a table of comma-separated values with a header (RFC 4180): cells in quotes may hold commas, line breaks and
 * doubled quotes. Anything that readers take differently is refused: a quote inside of a bare cell, text behind a
 * closing quote, a column without a name, two values of one name, a row of another length.
 *
 * @throws {GaitError} `invalid_input`, naming the line
 */
export function readCsv(text: string, what: string): CsvRow[] {
  const [header, ...rows] = readCsvRecords(text, what);
  if (header === undefined) throw invalidInput(`Cannot read ${what}: it has no header`);
  const names = header.cells;
  // A table of pandas begins with an index that has no name.
  const first = names[0] === "" ? 1 : 0;
  if (names.slice(first).includes("")) throw invalidInput(`Cannot read ${what}: a column has no name`);
  return rows.map(({ line, cells }) => {
    const byName = new Map<string, string>();
    for (const [i, name] of names.entries()) {
      const cell = cells[i]!;
      // An index that is a column too is written twice, which is harmless as long as both agree.
      if ((byName.get(name) ?? cell) !== cell) {
        throw invalidInput(`Cannot read ${what}: line ${line} has two values of "${name.slice(0, 80)}"`);
      }
      if (i >= first) byName.set(name, cell);
    }
    return { line, cells: Object.fromEntries(byName) };
  });
}

/** One record of a table, the header too, with the line that it begins on, from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: string[];
}

/**
 * The records of a table whose columns may share a name; each has as many cells as the first.
 *
 * @throws {GaitError} `invalid_input`, naming the line
 */
export function readCsvRecords(text: string, what: string): CsvRecord[] {
  const records = recordsIn(text, what);
  const length = records[0]?.cells.length;
  for (const { line, cells } of records) {
    if (cells.length !== length) {
      throw invalidInput(`Cannot read ${what}: line ${line} has ${cells.length} cells, the header ${length}`);
    }
  }
  return records;
}

function recordsIn(given: string, what: string): CsvRecord[] {
  const text = given.replace(/^\uFEFF/, "");
  const records: CsvRecord[] = [];
  let line = 1;
  for (let at = 0; at < text.length;) {
    const record: CsvRecord = { line, cells: [] };
    for (let open = true; open;) {
      if (text[at] === '"') {
        const parts: string[] = [];
        for (at++;;) {
          const quote = text.indexOf('"', at);
          if (quote < 0) {
            throw invalidInput(`Cannot read ${what}: a quote of line ${record.line} is not closed`);
          }
          parts.push(text.slice(at, quote));
          at = quote + 1;
          if (text[at] !== '"') break;
          parts.push('"');
          at++;
        }
        const cell = parts.join("");
        line += countBreaks(cell);
        record.cells.push(cell);
        if (at < text.length && !/[,\r\n]/.test(text[at]!)) {
          throw invalidInput(`Cannot read ${what}: text stands behind a quote in line ${line}`);
        }
      } else {
        const start = at;
        while (at < text.length && !ENDS.has(text[at]!)) at++;
        if (text[at] === '"') {
          throw invalidInput(`Cannot read ${what}: line ${line} has a quote inside of a cell`);
        }
        record.cells.push(text.slice(start, at));
      }
      open = text[at] === ",";
      if (open) at++;
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    line++;
    // A blank line is no row.
    if (record.cells.length > 1 || record.cells[0]!.trim() !== "") records.push(record);
  }
  return records;
}

const ENDS = new Set([",", "\r", "\n", '"']);

function countBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
