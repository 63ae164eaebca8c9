import assert from "node:assert/strict";
import fc from "fast-check";
import { TAG } from "./found.ts";
import { presumeFromText } from "./python_text.ts";

/** The same by regular expressions, as docs/spec/scout.md section 1 writes them; slow for hostile texts. */
function byExpressions(text: string, stem: string): string[] {
  const blank = "[\\t\\n\\f\\r ]";
  const line = "(?:^|(?<=\\n))";
  const all = (source: string) => [...text.matchAll(new RegExp(source, "g"))].map((match) => match[1]!);
  const test = (source: string) => new RegExp(source).test(text);
  const decorated = (name: string) => test(`${line}${blank}*@${name}(?:${blank}*\\(|${blank}*(?:$|(?=\\n)))`);
  const defined = all(`${line}${blank}*def${blank}+([A-Za-z_][A-Za-z0-9_]*)${blank}*\\(`);
  const names = defined.length > 0 ? defined : [stem];
  const given = all(`(?:name|tool_name)${blank}*=${blank}*['"]([A-Za-z0-9._:-]+)['"]`);
  const langchain = decorated("tool") || /StructuredTool\.from_function|Tool\(/.test(text);
  const openai = decorated("function_tool") || /from agents import|openai\.agents|tools=\[/.test(text);
  const items = (tag: string, list: string[]) => [...new Set(list)].sort().map((name) => `${tag} ${name}`);
  return [
    ...(langchain ? items(TAG.langchain, names) : []),
    ...(openai ? items(TAG.openaiAgents, [...given, ...names].filter((name) => name !== "")) : []),
  ];
}

Deno.test("presumeFromText() finds what the expressions of the specification find", () => {
  const piece = fc.constantFrom(
    ..."@tool|@function_tool|def|def |f|name|tool_name|=|'|\"|(|)|\n|\r\n|\t| |\f|\v|\u00a0|Tool(|tools=[|async|x1|9|."
      .split("|"),
    "from agents import",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const text = pieces.join("");
      const found = presumeFromText(text, { stem: "stem" }).map(({ tag, name }) => `${tag} ${name}`);
      assert.deepEqual(found, byExpressions(text, "stem"), JSON.stringify(text));
    }),
    { numRuns: 3000 },
  );
});

Deno.test("presumeFromText() tells the line of the first place of a name", () => {
  const text = "# head\n@function_tool\ndef b(): pass\n\ndef a(): pass\nx(name='c')\ndef b(): pass\n";
  assert.deepEqual(presumeFromText(text, { stem: "s" }).map(({ name, line }) => [name, line]), [["a", 5], [
    "b",
    3,
  ], [
    "c",
    6,
  ]]);
  assert.deepEqual(presumeFromText("x = Tool(y)", { stem: "s" }), [{
    kind: "tool",
    name: "s",
    tag: TAG.langchain,
  }]);
});

Deno.test("presumeFromText() takes asynchronous functions where it is asked to, and no file for one without any", () => {
  const names = (text: string, asynchronous: boolean) =>
    presumeFromText(text, { asynchronous }).map(({ name }) => name);
  const text =
    "@tool\nasync def a(): ...\n\tasync  def b(): ...\nx async def c(): ...\nmy_async def d(): ...\n";
  assert.deepEqual([names(text, true), names(text, false), names("@tool\n", true)], [["a", "b"], [], []]);
});

Deno.test("presumeFromText() comes to an end with beginnings that never close", () => {
  for (const piece of ["\n", " ", "def ", "def\n", "name", "name = ", "@tool\n", "async def "]) {
    presumeFromText(`@tool${piece.repeat(300_000)}`, { stem: "s", asynchronous: true });
  }
});
