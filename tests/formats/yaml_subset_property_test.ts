/**
 * The reader of the YAML subset gives what the whole reader gives, or nothing: on every policy in the repository and
 * on 100,000 mutations of them, made from a fixed seed.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { buildTree } from "../../lib/formats/yaml/build.ts";
import { EVENT_ID } from "js-yaml";
import type { YamlDocument } from "../../lib/formats/yaml/node.ts";
import { readEvents } from "../../lib/formats/yaml/parse.ts";
import { readYamlSubset } from "../../lib/formats/yaml/subset.ts";

const MUTATIONS = 100_000;
const root = join(import.meta.dirname!, "../..");

/** What the whole reader gives; `undefined` when it refuses. */
function whole(text: string): YamlDocument | undefined {
  const source = { name: "t", text };
  try {
    const events = readEvents(source);
    const documents = events.filter((event) => event.type === EVENT_ID.DOCUMENT).length;
    return {
      source,
      ...(documents === 0 ? { root: undefined, anchors: new Map() } : buildTree(events, source)),
      documents,
    };
  } catch {
    return undefined;
  }
}

/** Whether the subset took the text; fails when it gave something else than the whole reader. */
function agrees(text: string): boolean {
  const read = readYamlSubset({ name: "t", text });
  if (read === undefined) return false;
  assert.deepEqual(read, whole(text), JSON.stringify(text));
  return true;
}

async function policies(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await policies(path));
    else if (/policy[^/]*\.ya?ml$/.test(entry.name)) found.push(await Deno.readTextFile(join(root, path)));
  }
  return found;
}

/** Pieces in the middle of which YAML changes its meaning. */
const PIECES = [
  " ",
  "  ",
  "\n",
  "- ",
  "-",
  ": ",
  ":",
  "#",
  " #",
  "? ",
  "[",
  "]",
  "{",
  "}",
  ",",
  ", ",
  '"',
  "'",
  "''",
  "\\",
  "\t",
  "\r",
  "---\n",
  "...\n",
  "&a ",
  "*a",
  "!!str ",
  "|",
  ">",
  "|\n",
  "%",
  "@",
  "`",
  "~",
  "null",
  "true",
  "1",
  "0x1",
  ".5",
  "a",
  "é",
  "\u2028",
  "\u0085",
  "\ufeff",
  "<<: ",
  "a: b\n",
  "- a\n",
  "\n  ",
  "[a, b]",
  "{a: b}",
  "k:\n",
  "k: v # c\n",
  "x:y",
  "http://a",
];

const SAMPLES = [
  "a: 1\nb:\n  - x\n  - y: 2\n    z: [p, q]\nc: {d: e, f: [g]}\n",
  "rules:\n- name: r\n  effect: allow # why\n  match: {tool_names: [a.b, 'c d'], risk_classes: []}\n\n  # end\n",
  "a: \"x y\"\nb: 'z'\nc:\nd: e f\n",
  "a:\n  b:\n    c: d\n  e: f\ng:\n    - h\n    - {i: j}\n",
];

/** A generator (xorshift) that gives the same numbers everywhere. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function mutate(text: string, random: (below: number) => number): string {
  let mutated = text;
  for (let i = random(3); i >= 0; i--) {
    const at = random(mutated.length + 1);
    const length = random(4) === 0 ? random(12) : random(2);
    mutated = mutated.slice(0, at) + (random(4) === 0 ? "" : PIECES[random(PIECES.length)]!) +
      mutated.slice(at + length);
  }
  return mutated;
}

/** A few lines of a longer text: mutations of short texts try more. */
function excerpt(text: string, random: (below: number) => number): string {
  const lines = text.split("\n");
  const start = random(lines.length);
  const indent = /^ */.exec(lines[start]!)![0].length;
  return lines.slice(start, start + 1 + random(12)).map((line) =>
    line.slice(Math.min(indent, /^ */.exec(line)![0].length))
  )
    .join("\n");
}

Deno.test("readYamlSubset() takes the policies of the repository and reads them as the whole reader does", async () => {
  const texts = [...await policies("examples"), ...SAMPLES];
  for (const text of texts) assert.equal(agrees(text), true, text);
});

Deno.test("readYamlSubset() never gives anything else than the whole reader, on 100,000 mutated texts", async () => {
  const texts = [...await policies("examples"), ...SAMPLES, ...SAMPLES, ...SAMPLES];
  const random = randomFrom(20261129);
  const tried = new Set<string>();
  let taken = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    const text = texts[random(texts.length)]!;
    const start = text.length < 300 ? text : excerpt(text, random);
    const mutated = mutate(start, random);
    tried.add(mutated);
    if (agrees(mutated)) taken++;
  }
  assert.ok(tried.size > MUTATIONS / 2, `${tried.size}`);
  // A reader that takes next to nothing would agree, too.
  assert.ok(taken > MUTATIONS / 10, `${taken}`);
});
