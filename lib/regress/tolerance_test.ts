import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import { type Call, packOf } from "./_test_runs.ts";
import { readFixture } from "./fixture.ts";
import { gradeFixture } from "./grade.ts";

const PLAIN = { context: false, enforceContext: false, allowRuntimeDrift: false };
const RECORDED: Call[] = [
  { tool: "quote", args: { at: "12:00", lines: [{ n: 1 }] }, result: { price: 10, note: "Order 1" } },
  { tool: "pay", args: { to: "x" }, result: {} },
];

interface Options {
  readonly captureMode?: string;
  readonly recorded?: Call[];
}

/** Names of the graders that fail when a run is compared with the recorded one. */
async function failing(
  calls: Call[],
  tolerance: JsonObject,
  { captureMode = "raw", recorded = RECORDED }: Options = {},
) {
  const pack = await packOf("run_a", recorded, { captureMode });
  const document = {
    name: "f",
    run_id: "run_a",
    runpack: "r.zip",
    expected_tool_sequence: recorded.map(({ tool }) => tool),
    never_tools: ["drop"],
    ...tolerance,
  };
  const { fixture } = readFixture(utf8(JSON.stringify(document)), "fixture.json");
  const candidate = {
    kind: "rerun" as const,
    path: "c.zip",
    pack: await packOf("run_b", calls, { captureMode }),
  };
  const results = await gradeFixture({ fixture, pack, candidate }, PLAIN);
  return results.filter(({ status }) => status !== "pass").map(({ name }) => name.slice(2));
}

const forgives = (...tolerances: JsonObject[]) => ({ tolerances: tolerances as JsonValue });
const quote = (changes: Partial<Call>): Call[] => [{ ...RECORDED[0]!, ...changes }, RECORDED[1]!];

Deno.test("a tolerance forgives what it names and nothing beside it", async () => {
  const later = quote({ args: { at: "13:00", lines: [{ n: 1 }] } });
  const both = quote({ args: { at: "13:00", lines: [{ n: 2 }] } });
  const at = { tool: "quote", path: "args.at", ignore: true };
  const lines = { path: "args.lines.*.n", within: 1 };
  assert.deepEqual(await failing(later, {}), ["diff"]);
  assert.deepEqual(await failing(later, forgives(at)), []);
  assert.deepEqual(await failing(both, forgives(at)), ["diff"]);
  assert.deepEqual(await failing(both, forgives(at, lines)), []);
  assert.deepEqual(await failing(later, forgives({ ...at, tool: "pay" })), ["diff"]);
  assert.deepEqual(await failing(later, forgives({ ...at, tool: "qu*" })), []);
  assert.deepEqual(await failing(later, forgives({ ...at, path: "result.at" })), ["diff"]);
  assert.deepEqual(await failing(both, forgives({ path: "args", ignore: true })), []);
});

Deno.test("numbers are compared with their bound, texts with their pattern", async () => {
  const price = { tool: "quote", path: "result.price", within: 0.5 };
  const note = { tool: "quote", path: "result.note", pattern: "Order *" };
  const result = (price: JsonValue, text: JsonValue) => quote({ result: { price, note: text } });
  assert.deepEqual(await failing(result(10.5, "Order 2"), forgives(price, note)), []);
  for (
    const [amount, text] of [[10.6, "Order 1"], ["10", "Order 1"], [null, "Order 1"], [10, "My Order"], [
      10,
      5,
    ]] as const
  ) {
    assert.deepEqual(
      await failing(result(amount, text), forgives(price, note)),
      ["diff"],
      `${amount} ${text}`,
    );
  }
  assert.deepEqual(await failing(quote({ result: { note: "Order 1" } }), forgives(price)), ["diff"]);
});

Deno.test("a digest alone can't be looked into: only a whole part is ignored", async () => {
  const later = quote({ args: { at: "13:00", lines: [{ n: 1 }] } });
  const captureMode = "reference";
  assert.deepEqual(await failing(later, forgives({ path: "args.at", ignore: true }), { captureMode }), [
    "diff",
  ]);
  assert.deepEqual(await failing(later, forgives({ path: "args", ignore: true }), { captureMode }), []);
});

Deno.test("calls of a named group may come in any order, calls of others may not", async () => {
  const recorded = calls("axb");
  const group = { free_order: { lookups: ["a", "b"] } };
  assert.deepEqual(await failing(calls("bxa"), group, { recorded }), []);
  assert.deepEqual(await failing(calls("bxa"), {}, { recorded }), ["diff", "trajectory"].toReversed());
  for (const other of ["xab", "bx", "bxaa", "bxb"]) {
    assert.notDeepEqual(await failing(calls(other), group, { recorded }), [], other);
  }
});

Deno.test("no tolerance lifts the rules, a missing call, or another status", async () => {
  const all = {
    ...forgives({ path: "args", ignore: true }, { path: "result", ignore: true }),
    free_order: { all: ["quote", "pay", "drop"] },
  };
  assert.deepEqual(await failing([...RECORDED, { tool: "drop" }], all), ["trajectory", "diff", "tool_rules"]);
  assert.notDeepEqual(await failing(RECORDED.slice(1), all), []);
  assert.deepEqual(await failing(quote({ status: "error" }), all), ["diff"]);
});

Deno.test("readFixture() refuses a tolerance that says nothing, too much, or something unknown", () => {
  const wrong: JsonObject[] = [
    forgives({ path: "args" }),
    forgives({ path: "args", ignore: false }),
    forgives({ path: "args", ignore: true, within: 1 }),
    forgives({ path: "args", within: -1 }),
    forgives({ path: "tool", ignore: true }),
    forgives({ ignore: true }),
    forgives({ path: "args", ignor: true }),
    { free_order: { one: ["a"], two: ["a"] } },
    { free_order: ["a"] },
  ];
  for (const tolerance of wrong) {
    const document = { name: "f", run_id: "r", runpack: "r.zip", ...tolerance };
    assert.throws(() => readFixture(utf8(JSON.stringify(document)), "fixture.json"), {
      code: "invalid_input",
    }, JSON.stringify(tolerance));
  }
});

function calls(tools: string): Call[] {
  return [...tools].map((tool) => ({ tool }));
}
