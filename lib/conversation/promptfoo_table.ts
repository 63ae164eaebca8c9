import { readCsvRecords } from "../formats/csv.ts";
import type { JsonLine } from "../formats/json/mod.ts";

/** Whether a file begins as a table of results of promptfoo does: an output for each prompt, and how it was rated. */
export function isPromptfooTable(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 65_536));
  // deno-lint-ignore gait/linear-regex -- 64 KiB, of which 400 characters are looked at from each place
  const first = start.search(/(?:^|,)"?\[[^\]\r\n]{1,400}\] /);
  return first >= 0 && first < start.search(/,Status,Score[,\r\n]/);
}

/** The name of a column of outputs: the provider and the prompt. */
const OUTPUT = /^\[[^\]\r\n]{1,400}\] /;

/**
 * The results in such a table, as the files in JSON have them: one for each output of a row.
 *
 * @throws {GaitError} `invalid_input`, naming the line
 */
export function readPromptfooTable(text: string, what: string): JsonLine[] {
  const [header, ...rows] = readCsvRecords(text, what);
  const columns = (header?.cells ?? []).flatMap((name, i) => OUTPUT.test(name) ? [i] : []);
  return rows.flatMap(({ line, cells }, testIdx) =>
    columns.map((column, promptIdx) => ({
      line,
      value: {
        promptIdx,
        testIdx,
        prompt: header!.cells[column]!,
        response: { output: outputOf(cells[column]!) },
      },
    }))
  );
}

/** What the model answered; older versions put the rating before it, and why it failed. */
function outputOf(cell: string): string {
  const rating = /^\[(?:PASS|FAIL|ERROR)\] ?(?:\([\d.]{1,12}\) ?)?/.exec(cell)?.[0];
  if (rating === undefined) return cell;
  const behind = cell.slice(rating.length);
  const line = behind.lastIndexOf("\n---\n");
  return line < 0 ? behind : behind.slice(line + 5);
}
