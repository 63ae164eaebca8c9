import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { readRunpack } from "../runpack/read.ts";
import { importInputs } from "./import.ts";

const file = (what: string, value: unknown) => ({ what, bytes: utf8(JSON.stringify(value)), found: true });

/** The calls of each run with the status of their results, and what is listed. */
async function imported(...inputs: ReturnType<typeof file>[]) {
  const { runs, skipped } = await importInputs(inputs, {}, "0");
  const calls = await Promise.all(runs.map(async ({ packed }) => {
    const { intents, results } = await readRunpack(packed.bytes);
    return intents.map(({ intent_id: id }) => [
      id,
      ...results.filter(({ intent_id: of }) => of === id).map(({ status }) => status),
    ]);
  }));
  return { calls, listed: skipped.map(({ position }) => position) };
}

const use = (id: string) => ({ toolUse: { toolUseId: id, name: "pay", input: {} } });
const result = (id: string) => ({ toolResult: { toolUseId: id, status: "success", content: [] } });
const message = (number: number, role: string, ...content: unknown[]) => ({
  message: { role, content },
  message_id: number,
});

Deno.test("a session of Strands is read in the order of its messages, not of the names of their files", async () => {
  const agent = (name: string) => `s/agents/${name}/messages`;
  const { calls, listed } = await imported(
    file(`${agent("a")}/message_0.json`, message(0, "user", { text: "go" })),
    file(`${agent("a")}/message_10.json`, message(10, "user", result("c1"))),
    file(`${agent("a")}/message_11.json`, message(11, "assistant", use("c1"))),
    file(`${agent("a")}/message_9.json`, message(9, "assistant", use("c1"))),
    file(`${agent("b")}/message_0.json`, message(0, "assistant", use("c1"))),
    file("s/session.json", { session_id: "s" }),
  );
  assert.deepEqual(calls, [[["call_1", "ok"], ["call_2"]], [["c1"]]]);
  assert.deepEqual(listed, ["s/session.json"]);
});

const called = (id: string) => ({
  role: "assistant",
  content: null,
  tool_calls: [{ id, type: "function", function: { name: "pay", arguments: "{}" } }],
});
const paid = (id: string) => ({ role: "tool", tool_call_id: id, content: "paid" });
const exchange = (created: number, answer: unknown, ...messages: unknown[]) => ({
  request: { messages },
  response: { id: `r${created}`, created, choices: [{ message: answer }] },
});

Deno.test("exchanges in a file each are one log, in which a call of the history is not made again", async () => {
  const start = [{ role: "system", content: "help" }, {
    role: "user",
    content: [{ type: "text", text: "go", cache_control: { type: "ephemeral" } }],
  }];
  const later = [start[0], { role: "user", content: "go" }];
  const { calls } = await imported(
    file("f/a.json", exchange(2, { role: "assistant", content: "done" }, ...later, called("c1"), paid("c1"))),
    file("f/b.json", exchange(2, called("c1"), ...start)),
    file("f/c.json", exchange(1, called("c1"), { role: "user", content: "another" })),
    file("g/b.json", exchange(1, called("c1"), ...start)),
  );
  assert.deepEqual(calls, [[["c1", "ok"]], [["c1"]], [["c1"]]]);
});

Deno.test("a part of a log that is alone is read as a log, also one that holds no call", async () => {
  const note = file("s/message_0.json", message(0, "user", { text: "go" }));
  const { calls, listed } = await imported(file("f/a.json", exchange(1, called("c1"))), note);
  assert.deepEqual(calls, [[["c1"]]]);
  assert.deepEqual(listed, ["s/message_0.json"]);
  await assert.rejects(
    () => imported(note, file("t/message_1.json", message(1, "user", result("c1")))),
    /t\/message_1\.json.* not known/,
  );
});

Deno.test("the parts of a log that can't be read are refused with the first of their files", async () => {
  await assert.rejects(
    () =>
      imported(
        file("s/message_0.json", message(0, "user", { text: "go" })),
        file("s/message_1.json", message(1, "assistant", { toolUse: { toolUseId: "c1", input: {} } })),
      ),
    /Cannot import s\/message_0\.json and 1 more: .*call names no tool/,
  );
});
