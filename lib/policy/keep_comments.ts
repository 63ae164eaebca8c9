import { findComments, type FoundComment } from "../formats/yaml/comments.ts";
import type { Comments, YamlNotes } from "../formats/yaml/write.ts";
import { placesIn } from "../formats/yaml/places.ts";
import type { ReadPolicy } from "./read_document.ts";
import { type SourcePosition, sourcePositions } from "./source_positions.ts";
import { lineEndOf } from "../formats/yaml/line_start.ts";

/**
 * The comments of a policy file by their places in its formatted form: a comment on its own line belongs to what
 * follows, one at the end of a line to what the line begins with. Comments at the top of the file, before an empty
 * line, stay at the top.
 */
export function keepComments(read: ReadPolicy): Pick<YamlNotes, "head" | "comments" | "foot"> {
  const { source: { text } } = read;
  const found = findComments(read.source);
  if (found.length === 0) return { head: [], comments: new Map(), foot: [] };
  const positions = sourcePositions(read, false);
  const head = headLength(found, text);
  const above = new Map<string, string[]>();
  const behind = new Map<string, string[]>();
  const foot: string[] = [];
  const place = placesIn(text);
  let next = 0;
  for (const comment of found.slice(head)) {
    while (next < positions.length && positions[next]!.at < comment.at) next++;
    const begin = comment.ownLine
      ? undefined
      : lineBegin(positions, next, comment.at - place(comment.at).column + 1);
    if (begin) push(behind, begin.path, comment.text);
    else if (next < positions.length) push(above, positions[next]!.path, comment.text);
    else foot.push(comment.text);
  }
  const comments = new Map<string, Comments>();
  for (const path of new Set([...above.keys(), ...behind.keys()])) {
    const [last = "", ...others] = (behind.get(path) ?? []).toReversed();
    comments.set(path, { above: [...above.get(path) ?? [], ...others.toReversed()], behind: last });
  }
  return { head: found.slice(0, head).map((comment) => comment.text), comments, foot };
}

function push(lists: Map<string, string[]>, path: string, text: string): void {
  const list = lists.get(path);
  if (list) list.push(text);
  else lists.set(path, [text]);
}

/** The node that a line begins with: its first key, not the list item that starts with the same key. */
function lineBegin(
  positions: readonly SourcePosition[],
  end: number,
  lineStart: number,
): SourcePosition | undefined {
  let first = end;
  while (first > 0 && positions[first - 1]!.at >= lineStart) first--;
  if (first === end) return undefined;
  let begin = first;
  while (begin + 1 < end && positions[begin + 1]!.at === positions[first]!.at) begin++;
  return positions[begin];
}

/** The number of comments in the block at the top of the file; 0 unless an empty line ends the block. */
function headLength(found: readonly FoundComment[], text: string): number {
  let start = 0;
  for (;;) {
    const end = lineEndOf(text, start);
    const line = text.slice(start, end);
    if (!/^[ \t]*#/.test(line)) {
      const isHeadEnd = end < text.length && /^[ \t]*$/.test(line) || /^[ \t]*---/.test(line);
      return isHeadEnd ? found.filter(({ at }) => at < start).length : 0;
    }
    if (end === text.length) return 0;
    start = end + (text.startsWith("\r\n", end) ? 2 : 1);
  }
}
