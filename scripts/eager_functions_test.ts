import assert from "node:assert/strict";
import { stop, transform } from "esbuild";
import { parseAst } from "rollup/parseAst";
import { repository } from "../tests/support/places.ts";
import { calledByMost } from "./called_functions.ts";
import { type FunctionRange, markEager } from "./eager_functions.ts";

/** All functions of a module, as V8 says where they stand. */
function functionsOf(text: string): FunctionRange[] {
  const found: FunctionRange[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, start, end } = node as { type?: string; start: number; end: number };
    if (type !== undefined && /Function/.test(type)) found.push({ start, end });
    Object.values(node).forEach(visit);
  };
  visit(parseAst(text));
  return found;
}

const load = async (text: string) => (await import(`data:text/javascript,${encodeURIComponent(text)}`)).found;

const MODULE = `import "data:text/javascript,";
const early = late(1);
function late(n) { return [1, 2].map((x) => x + n).filter(function (x) { return x > 2; }); }
const arrow = (a) => (b) => [a, b], wait = async (a) => a, object = { method() { return 1; }, get got() { return 2; } };
class Shape { static #side = () => 4; side() { return Shape.#side(); } }
function* each() { yield* [1, 2]; }
export const found = [early, arrow(1)(2), await wait(3), object.method(), object.got, new Shape().side(), [...each()]];
export default () => found`;

Deno.test("markEager() keeps what a module does, whichever functions it marks", async () => {
  const expected = await load(MODULE);
  const all = functionsOf(MODULE);
  assert.equal(all.length, 12);
  for (
    const chosen of [
      all,
      ...all.map((one) => [one]),
      ...all.map((one) => all.filter((it) => it !== one)),
    ]
  ) {
    assert.deepEqual(await load(markEager(MODULE, chosen)), expected);
  }
  assert.equal(markEager(MODULE, []), MODULE);
});

Deno.test("markEager() puts functions in parentheses, declarations in front, and leaves methods alone", () => {
  const text = `import "a";\nuse(() => 1, async () => 2);\nfunction late() {}\nclass A { b() {} }\n`;
  assert.equal(
    markEager(text, functionsOf(text)),
    `import "a";\n\nvar late = (function late() {});\n\nuse((() => 1), async () => 2);\nclass A { b() {} }\n`,
  );
});

Deno.test("markEager() keeps parentheses together where no semicolon ends a statement", () => {
  const text = "const a = () => 1\nfunction b() {}\n() => 2\n";
  assert.equal(
    markEager(text, functionsOf(text)),
    "\n\nvar b = (function b() {});\nconst a = (() => 1)\n(() => 2)\n",
  );
});

Deno.test("markEager() keeps a comment with its function: none is taken for free of side effects in its stead", async () => {
  const text = `export const seen = [];
/* @__NO_SIDE_EFFECTS__ */
function pure() { return 1; }
function add(one) { seen.push(one); }
add(pure());
`;
  const { start } = functionsOf(text)[0]!;
  const marked = markEager(text, functionsOf(text).filter((range) => range.start === start));
  const { code } = await transform(marked, { minify: true, format: "esm" });
  await stop();
  assert.deepEqual((await import(`data:text/javascript,${encodeURIComponent(code)}`)).seen, [1]);
});

Deno.test("calledByMost() takes what at least half of the commands call that load a file", () => {
  const [both, first, last] = [{ start: 0, end: 1 }, { start: 2, end: 3 }, { start: 4, end: 5 }];
  const called = (...ranges: FunctionRange[]) => new Map(ranges.map((range) => [`${range.start}`, range]));
  const commands = [
    new Map([["shared.js", called(both, first)]]),
    new Map([["shared.js", called(both)]]),
    new Map([["shared.js", called(both, last)], ["own.js", called(last)]]),
  ];
  assert.deepEqual(Object.fromEntries(calledByMost(commands)), { "shared.js": [both], "own.js": [last] });
});

Deno.test("the bundle marks the functions of the hot commands, and none of what they don't load", async () => {
  const marked: Record<string, number> = {};
  for (const { name } of Deno.readDirSync(`${repository}dist`)) {
    if (!name.endsWith(".js")) continue;
    const text = await Deno.readTextFile(`${repository}dist/${name}`);
    marked[name.replace(/-.*/, "")] = text.match(/[;,]?\b\w+=\((async )?function\(/g)?.length ?? 0;
  }
  for (
    const [name, least] of [["hot_gate_eval", 150], ["hot_shared", 40], ["hot_verify", 40], [
      "front",
      40,
    ]] as const
  ) {
    assert.ok(marked[name]! >= least, `${name}: ${marked[name]}`);
  }
  assert.equal(marked.table, 0);
});
