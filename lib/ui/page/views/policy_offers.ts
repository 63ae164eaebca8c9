/** A key of a policy, or a word that may stand for its value. */
export interface Offer {
  readonly text: string;
  readonly about: string;
}

/** A key as `/api/policy/keys` sends it. */
export interface PolicyKey {
  readonly name: string;
  /** The block that it stands in, e.g. `rules.match`. */
  readonly block: string;
  readonly description: string;
  readonly words?: readonly string[];
}

/** Most offers at once. */
const MAX_OFFERS = 8;

/** Keys of the block that the cursor is in, or words for the value of the key before it. */
export function offersFor(before: string, keys: readonly PolicyKey[]): readonly Offer[] {
  const lines = before.split("\n");
  const line = lines.at(-1)!;
  const prefix = wordBefore(line);
  const key = keyOf(line);
  if (key !== undefined) {
    const words = keys.find(({ name, words }) => name === key && words !== undefined)?.words ?? [];
    return words.filter((word) => word.startsWith(prefix)).slice(0, MAX_OFFERS)
      .map((text) => ({ text, about: key }));
  }
  const block = blockAt(lines);
  const inBlock = keys.filter((known) => known.block === block);
  return (inBlock.length > 0 ? inBlock : keys).filter(({ name }) => name.startsWith(prefix))
    .slice(0, MAX_OFFERS)
    .map(({ name, description }) => ({ text: `${name}: `, about: description }));
}

/** The word that ends where the cursor is. */
export function wordBefore(text: string): string {
  let start = text.length;
  while (start > 0 && /[\w.-]/.test(text[start - 1]!)) start--;
  return text.slice(start);
}

/** The key of a line, without its indentation and list mark. */
function keyOf(line: string): string | undefined {
  const colon = line.indexOf(":");
  if (colon < 0) return undefined;
  return line.slice(indentOf(line), colon);
}

/** Where the key of a line begins; the mark of a list item counts as indentation. */
function indentOf(line: string): number {
  let at = 0;
  while (line[at] === " ") at++;
  return line.startsWith("- ", at) ? at + 2 : at;
}

/** The block of the last line by its indentation. */
function blockAt(lines: readonly string[]): string {
  let indent = indentOf(lines.at(-1)!);
  const path: string[] = [];
  for (const line of lines.slice(0, -1).reverse()) {
    if (indent === 0) break;
    const own = line.length - line.trimStart().length;
    const key = keyOf(line);
    if (key === undefined || line.trimEnd().at(-1) !== ":" || own >= indent) continue;
    path.unshift(key);
    indent = own;
  }
  return path.join(".");
}
