/**
 * Make a function that splits a word into known words if it consists of nothing else: tool names and operations are
 * lower-cased, which takes the borders from `runInTerminal` and `deleteAll`. Other words stay whole.
 *
 * @param known lower-case ASCII words
 */
export function wordSplitter(known: ReadonlySet<string>): (word: string) => readonly string[] {
  let longest = 0;
  for (const word of known) longest = Math.max(longest, word.length);
  return (word) => {
    if (known.has(word)) return [word];
    // The length of the first piece of what begins at each place; 0 where that is no sequence of pieces. Each place is
    // looked at once, with as many lengths as words have.
    const first = new Uint8Array(word.length + 1);
    for (let at = word.length - 1; at >= 0; at--) {
      for (let length = Math.min(longest, word.length - at); length > 0; length--) {
        const end = at + length;
        if ((end === word.length || first[end]! > 0) && known.has(word.slice(at, end))) {
          first[at] = length;
          break;
        }
      }
    }
    if (first[0] === 0) return [word];
    const pieces: string[] = [];
    for (let at = 0; at < word.length; at += first[at]!) pieces.push(word.slice(at, at + first[at]!));
    return pieces;
  };
}
