import assert from "node:assert/strict";
import type { JsonValue } from "../../formats/json/mod.ts";
import { geminiInteractions } from "./gemini_interactions.ts";

const read = (values: readonly JsonValue[]) =>
  geminiInteractions.read({ values, position: (i) => `line ${i + 1}` }).readings;
const lifecycle = (event_type: string, id: string, status: string) => ({
  event_type,
  interaction: { id, status },
});
const start = (id: string) => ({
  event_type: "step.start",
  index: 0,
  step: { type: "function_call", id, name: "pay", arguments: {} },
});
const created = (id: string) => lifecycle("interaction.created", id, "in_progress");
const completed = (id: string) => lifecycle("interaction.completed", id, "requires_action");
const stop = { event_type: "step.stop", index: 0 };
const called = (id: string, args: JsonValue) => ({ type: "function_call", id, name: "pay", arguments: args });

Deno.test("events of two streams between each other are refused, because no event tells them apart", () => {
  const mixed = [
    [created("a"), start("f1"), created("b"), start("f2"), stop, completed("b"), stop, completed("a")],
    [created("a"), start("f1"), start("f2"), stop, completed("a")],
  ];
  for (const events of mixed) assert.throws(() => read(events), { code: "invalid_input" });
});

Deno.test("interactions that stand between those of another conversation are runs of their own", () => {
  const one = (id: string, before: string | undefined, cents: number) => ({
    id,
    object: "interaction",
    status: "requires_action",
    steps: [called(`f${id}`, { cents })],
    ...(before === undefined ? {} : { previous_interaction_id: before }),
  });
  const runs = read([
    one("a", undefined, 1),
    one("x", undefined, 2),
    { type: "function_result", call_id: "fa", result: { paid: 1 } },
    one("b", "a", 3),
    one("y", "x", 4),
  ]);
  assert.deepEqual(
    runs.map(({ transcript }) => [transcript.calls.map(({ args }) => args.cents), transcript.answers.length]),
    [[[1, 3], 1], [[2, 4], 0]],
  );
});

Deno.test("a step that changes in an interaction, and a call without an id in an input, are refused", () => {
  const whole = { id: "a", object: "interaction", status: "completed" };
  assert.throws(
    () => read([{ ...whole, steps: [called("f", { a: 1 })] }, { ...whole, steps: [called("f", { a: 2 })] }]),
    { code: "invalid_input" },
  );
  const input = [{ type: "function_call", name: "pay", arguments: {} }];
  assert.throws(() => read([{ ...whole, input, steps: [called("f", {})] }]), { code: "invalid_input" });
});
