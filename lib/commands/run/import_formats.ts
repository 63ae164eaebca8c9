import { READERS } from "../../conversation/formats/table.ts";
import { FORMATS } from "../../conversation/transcript.ts";
import { largest } from "../../formats/lists.ts";
import { type Outcome, success } from "../outcome.ts";
import { bold, dim, type Line, line } from "../text.ts";

/** The formats that are read, from the table of their readers. */
export function listFormats(): Outcome {
  const formats = FORMATS.map((name) => {
    const { title, reads, lost, example } = READERS[name];
    return { name, title, reads, lost, example };
  });
  const width = largest(FORMATS.map((name) => name.length));
  const lines: Line[] = formats.flatMap(({ name, title, reads }) => [
    line(bold(name.padEnd(width)), `  ${title}`),
    line(" ".repeat(width + 2), dim(reads)),
  ]);
  return success({ formats }, lines);
}
