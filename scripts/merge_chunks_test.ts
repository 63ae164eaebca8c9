import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { type Chunk, closureOf, equivalentChunk, mergeChunks, parseChunk } from "./merge_chunks.ts";

/** Chunks as the bundler writes them; `state.js` keeps a count, so a second instance of it would show. */
const TEXTS: Readonly<Record<string, string>> = {
  "state.js": "var n=0;function up(){return++n}export{up as a};\n",
  "name.js": 'var it="name";export{it as a,it as b};\n/*! licence */\n',
  "middle.js": 'import{a as u}from"./state.js";import"./name.js";var c=u;export{c as default,c as a};\n',
  "main.js": 'import{a as m}from"./middle.js";import{b as t}from"./name.js";' +
    "const $loadChunk=(chunk)=>import(chunk);globalThis.$result=[m(),t];export{};",
  "later.js": 'import{a as u}from"./state.js";export{u as default};\n',
};

function parsed(texts: Readonly<Record<string, string>>): Map<string, Chunk> {
  return new Map(Object.entries(texts).map(([name, text]) => [name, parseChunk(text)!]));
}

Deno.test("closureOf() tells what comes with a chunk, each behind what it imports", () => {
  assert.deepEqual(closureOf("main.js", parsed(TEXTS)), ["state.js", "name.js", "middle.js", "main.js"]);
});

Deno.test("closureOf() refuses chunks that import each other, and ones that it does not know", () => {
  const circle = { "a.js": 'import"./b.js";export{};', "b.js": 'import"./a.js";export{};' };
  assert.throws(() => closureOf("a.js", parsed(circle)), /imports itself/);
  assert.throws(() => closureOf("a.js", parsed({ "a.js": 'import"./gone.js";export{};' })), /taken apart/);
});

for (
  const [what, text] of Object.entries({
    "an import in its middle": 'var a=1;import{b as c}from"./x.js";export{a as a};',
    "an export in its middle": "export default 1;export{};",
    "its own address": "var a=import.meta.url;export{a as a};",
  })
) {
  Deno.test(`parseChunk() leaves a chunk alone with ${what}`, () => {
    assert.equal(parseChunk(text), undefined);
  });
}

Deno.test("mergeChunks() keeps one instance of every module, wherever it is imported from", async () => {
  const folder = await Deno.makeTempDir({ prefix: "gait-merge-" });
  const address = pathToFileURL(folder).href;
  try {
    const groups = [{ file: "one.js", chunks: ["state.js", "name.js"] }, {
      file: "two.js",
      chunks: ["middle.js"],
    }];
    const made = mergeChunks(parsed(TEXTS), groups, "main.js");
    for (const [name, text] of new Map([...Object.entries(TEXTS), ...made])) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await import(`${address}/main.js`);
    assert.deepEqual((globalThis as Record<string, unknown>).$result, [1, "name"]);
    const later = await import(`${address}/later.js`);
    assert.equal(later.default(), 2, "the count goes on, so the state is the same");
    const middle = await import(`${address}/middle.js`);
    assert.deepEqual([middle.default(), middle.a()], [3, 4]);
    const name = await import(`${address}/name.js`);
    assert.deepEqual({ ...name }, { a: "name", b: "name" });
    assert(made.get("one.js")!.includes("/*! licence */"), "licences of packages stay");
  } finally {
    delete (globalThis as Record<string, unknown>).$result;
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("mergeChunks() leads dynamic imports to where chunks are now", () => {
  const texts = {
    "a.js": 'var a=()=>$loadChunk("./b.js"),c=()=>import("./d.js");export{a as a,c as c};',
    "b.js": "var b=1;export{b as b};",
    "d.js": "var d=1;export{d as d};",
    "main.js": "export{};",
  };
  const groups = [{ file: "one.js", chunks: ["b.js", "a.js"] }, { file: "two.js", chunks: ["d.js"] }];
  const one = mergeChunks(parsed(texts), groups, "main.js").get("one.js")!;
  assert(one.includes("Promise.resolve($0)") && one.includes('import("./two.js").then(($)=>$.$2)'), one);
});

Deno.test("twinOf() finds the chunk that hands on the same module, and none when it is not the only one", () => {
  const texts = {
    "hot.js": 'import"./b.js";import{c as x,d as y}from"./a.js";export{x as default,y as more};',
    "eval-1.js": 'import{d as m,c as n}from"./a.js";import"./b.js";export{m as more,n as default};',
    "eval-2.js": 'import{c as n}from"./a.js";import"./b.js";export{n as default};',
    "eval-3.js": 'import{d as n,c as m}from"./a.js";export{m as more,n as default};',
    "eval-4.js": 'import{d as m,c as n}from"./b.js";export{m as more,n as default};',
  };
  assert.equal(equivalentChunk("hot.js", parsed(texts)), "eval-1.js");
  assert.throws(() => equivalentChunk("eval-2.js", parsed(texts)), /are like/);
  assert.throws(
    () => equivalentChunk("hot.js", parsed({ ...texts, "again.js": texts["eval-1.js"] })),
    /are like/,
  );
});
