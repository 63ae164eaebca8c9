import assert from "node:assert/strict";
import type { JsonValue } from "../formats/json/mod.ts";
import { READERS } from "./formats/table.ts";
import type { Format } from "./transcript.ts";

/** Calls and answers as these formats write them. */
const WRITE: Partial<
  Record<Format, { call: (id: string) => JsonValue[]; answer: (id: string) => JsonValue }>
> = {
  "ag-ui": {
    call: (toolCallId) => [
      { type: "TOOL_CALL_START", toolCallId, toolCallName: "pay" },
      { type: "TOOL_CALL_END", toolCallId },
    ],
    answer: (toolCallId) => ({ type: "TOOL_CALL_RESULT", toolCallId, content: "paid" }),
  },
  realtime: {
    call: (id) => [{
      type: "response.output_item.done",
      item: { object: "realtime.item", type: "function_call", id, call_id: id, name: "pay", arguments: "{}" },
    }],
    answer: (id) => ({
      type: "conversation.item.create",
      item: { type: "function_call_output", call_id: id, output: "paid" },
    }),
  },
  "semantic-kernel": {
    call: (Id) => [{
      Role: { Label: "assistant" },
      Items: [{ $type: "FunctionCallContent", Id, FunctionName: "pay", Arguments: {} }],
    }],
    answer: (CallId) => ({
      Role: { Label: "tool" },
      Items: [{ $type: "FunctionResultContent", CallId, Result: "paid" }],
    }),
  },
};

for (const [format, { call, answer }] of Object.entries(WRITE)) {
  const read = (...values: JsonValue[]) => {
    const { readings } = READERS[format as Format].read({ values, position: (i) => `line ${i + 1}` });
    const { calls, answers, skipped } = readings[0]!.transcript;
    return [calls.map(({ id }) => id), answers.map((one) => one.call), skipped.map(({ reason }) => reason)];
  };

  Deno.test(`${format}: an answer before its call belongs to it, where its id leaves no doubt`, () => {
    assert.deepEqual(read(answer("b"), ...call("a"), ...call("b"), answer("a")), [["a", "b"], [0, 1], []]);
    assert.deepEqual(read(answer("x"), ...call("a")), [["a"], [], [
      'answer to call "x", which is not there',
    ]]);
    const [ids, given, reasons] = read(answer("a"), ...call("a"), answer("a"));
    assert.deepEqual([ids, given], [["a"], [0]]);
    // The events of a session repeat its items.
    assert.equal(reasons!.length, format === "realtime" ? 0 : 1);
  });
}

Deno.test("an answer before several calls with its id is listed, not given to one of them", () => {
  const { call, answer } = WRITE["semantic-kernel"]!;
  const { readings } = READERS["semantic-kernel"].read({
    values: [answer("a"), ...call("a"), ...call("a")],
    position: (i) => `line ${i + 1}`,
  });
  assert.deepEqual(readings[0]!.transcript.answers, []);
  assert.match(readings[0]!.transcript.skipped[0]!.reason, /before several calls/);
});
