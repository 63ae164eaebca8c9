import assert from "node:assert/strict";
import type { JsonValue } from "../formats/json/mod.ts";
import { splitConversations } from "./split.ts";

const split = (...values: JsonValue[]) =>
  splitConversations({ values, position: (i) => `conversation ${i + 1}` });
const message = { role: "user", content: "hello" };

Deno.test("splitConversations() takes messages in a row as one conversation", () => {
  const [only, ...more] = split(message, 7, message);
  assert.equal(more.length, 0);
  assert.deepEqual(only!.messages, [message, 7, message]);
});

Deno.test("splitConversations() takes objects with messages and lists of messages as a conversation each", () => {
  const found = split({ messages: [message], created_at: 1 }, [message, message]);
  assert.deepEqual(found.map(({ messages }) => messages.length), [1, 2]);
  assert.deepEqual(found.map(({ about }) => Object.keys(about)), [["messages", "created_at"], []]);
  assert.deepEqual(found.map(({ position }) => position), ["conversation 1", "conversation 2"]);
});

Deno.test("splitConversations() refuses none, an empty one, a broken one, and a mixture", () => {
  const cases: JsonValue[][] = [
    [],
    [1, 2],
    [{}],
    [[]],
    [{ messages: [] }],
    [{ messages: "hello" }],
    [{ messages: [message] }, 7],
    [{ messages: [message] }, message],
  ];
  for (const values of cases) {
    assert.throws(() => split(...values), { code: "invalid_input" }, JSON.stringify(values));
  }
});
