import assert from "node:assert/strict";
import { createTaintMemory } from "../../taint/memory.ts";
import { MARK, MARKED_CONTENT as content, sourcesAfter } from "./_marked_arguments.ts";
import { stageRelay } from "./_staged_relay.ts";
import type { Outlet } from "./types.ts";

/*
 * What a server says without being asked, and on the streams of a shared server (docs/spec/mcp.md 10.9).
 */

// deno-lint-ignore no-explicit-any -- tests look into messages of many shapes
type Json = any;

for (
  const [what, message, source] of [
    ["a log", { method: "notifications/message", params: { level: "info", data: [MARK] } }, "tool_output"],
    [
      "progress",
      { method: "notifications/progress", params: { progressToken: "p", progress: 1, message: MARK } },
      "tool_output",
    ],
    [
      "the status of a task",
      {
        method: "notifications/tasks/status",
        params: { taskId: "1", status: "working", statusMessage: MARK },
      },
      "tool_output",
    ],
    [
      "a question to the model",
      {
        id: "q",
        method: "sampling/createMessage",
        params: { messages: [{ role: "user", content: content[0] }] },
      },
      "external",
    ],
    [
      "a question to the person",
      { id: "q", method: "elicitation/create", params: { message: MARK, requestedSchema: {} } },
      "external",
    ],
    [
      "what a notification says of itself",
      { method: "notifications/message", params: { level: "info", data: 1, _meta: { note: MARK } } },
      "tool_output",
    ],
    ["a reason", { method: "notifications/cancelled", params: { requestId: MARK } }, "tool_output"],
    ["an error about no request", { id: null, error: { code: -32700, message: MARK } }, "tool_output"],
  ] as const
) {
  Deno.test(`${what} that the server sends unasked is ${source}`, async () => {
    const found = await sourcesAfter(undefined, (relay) => relay.serverSays({ jsonrpc: "2.0", ...message }));
    assert.deepEqual(found, [`${source} server:${"method" in message ? message.method : "error"}`]);
  });
}

Deno.test("what the client must not see is not remembered, and neither is what it said itself", async () => {
  const stopped = await sourcesAfter(undefined, async (relay) => {
    await relay.serverSays({ jsonrpc: "2.0", method: "notifications/unknown", params: { data: MARK } });
    await relay.serverSays({
      jsonrpc: "2.0",
      method: "notifications/progress",
      params: { progressToken: MARK, progress: 1 },
    });
  });
  assert.deepEqual(stopped, []);
});

Deno.test("on a shared server, what comes on the stream of a client marks its arguments, also when it names no request", async () => {
  const meta = { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } };
  const outlet: Outlet = {
    send: () => Promise.resolve(),
    answer: () => Promise.resolve(),
    dropped: () => {},
  };
  for (
    const said of [
      { id: null, error: { code: -32700, message: MARK } },
      { id: "q", method: "x/ask", params: { message: MARK } },
    ]
  ) {
    const relay = stageRelay({
      options: { shared: true, passMethods: new Set(["x/ask"]) },
      server: async ({ method, id }, answer) => {
        if (method === "tools/list" && String(id).startsWith("gait-")) {
          await answer({ tools: [{ name: "t" }] });
        }
      },
    });
    const ask = (id: number, method: string, params: Json) =>
      relay.otherSays({ jsonrpc: "2.0", id, method, params: { ...params, ...meta } }, outlet, "alice");
    await ask(1, "resources/list", {});
    await relay.serverSays({ jsonrpc: "2.0", ...said }, outlet);
    await ask(2, "tools/call", { name: "t", arguments: { to: MARK } });
    assert.equal(relay.decided.at(-1)!.taint.length, 1, JSON.stringify(said));
  }
});

Deno.test("--taint session: what every server says to greet a client is no external data", async () => {
  const relay = stageRelay({
    hooks: { newTaintMemory: () => createTaintMemory({ mode: "session" }) },
    server: async ({ method }, answer) => {
      if (method === "tools/list") await answer({ tools: [{ name: "t" }] });
      else if (method === "ping") await answer({});
    },
  });
  await relay.initialize();
  await relay.clientSays({ jsonrpc: "2.0", id: 1, method: "ping" });
  await relay.clientSays({ jsonrpc: "2.0", id: 2, method: "logging/setLevel", params: { level: "info" } });
  await relay.serverSays({ jsonrpc: "2.0", id: 2, error: { code: -32601, message: "Method not found" } });
  for (const [id, method] of [["a", "ping"], ["b", "roots/list"]]) {
    await relay.serverSays({ jsonrpc: "2.0", id, method });
  }
  await relay.serverSays({ jsonrpc: "2.0", method: "notifications/message", params: { data: "started" } });
  const call = { name: "t", arguments: { to: "x" } };
  await relay.clientSays({ jsonrpc: "2.0", id: 3, method: "tools/call", params: call });
  assert.deepEqual(relay.decided.map(({ taint }) => taint), [[]]);
  await relay.serverSays({ jsonrpc: "2.0", id: "c", method: "elicitation/create", params: { message: "?" } });
  await relay.clientSays({ jsonrpc: "2.0", id: 4, method: "tools/call", params: call });
  assert.deepEqual(relay.decided.at(-1)!.taint.map(({ kind }) => kind), ["external"]);
});
