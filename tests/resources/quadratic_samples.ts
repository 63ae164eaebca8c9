/** Loops of the kind that must show in a count of work, each for a list of different texts. */
export const quadratic: Readonly<Record<string, (list: readonly string[]) => unknown>> = {
  "written out"(list) {
    let pairs = 0;
    for (const a of list) {
      for (const b of list) if (a < b) pairs++;
    }
    return pairs;
  },
  "find in a filter": (list) => list.filter((a) => list.find((b) => b === a) === undefined),
  includes: (list) => list.filter((a) => !list.includes(a)),
  "spread copies": (list) => list.reduce<string[]>((made, one) => [...made, one], []),
  "concat copies": (list) => list.reduce<string[]>((made, one) => made.concat(one), []),
  shift(list) {
    const left = [...list];
    while (left.length > 0) left.shift();
  },
  "a set for each": (list) => list.map((one) => new Set(list).has(one)),
  "indexOf in a text": (list) => {
    const text = list.join(",");
    return list.map((one) => text.indexOf(`;${one}`));
  },
  "a search from the start": (list) => {
    const text = list.join(",");
    return list.map(() => /;$/.test(text));
  },
  "the end of a run, from each of its places": (list) => {
    const run = " ".repeat(list.length);
    return list.map((_, i) => run.slice(i).trim());
  },
};
