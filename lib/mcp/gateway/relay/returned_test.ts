import assert from "node:assert/strict";
import { MARK, MARKED_CONTENT as content, sourcesAfter } from "./_marked_arguments.ts";
import { type StagedOptions, stageRelay } from "./_staged_relay.ts";
import type { Outlet } from "./types.ts";

// deno-lint-ignore no-explicit-any -- tests look into messages of many shapes
type Json = any;

const QUESTION = { method: "elicitation/create", params: { message: MARK, requestedSchema: {} } };
const asked: [what: string, method: string, params: Json, result: Json, source: string][] = [
  ["text", "tools/call", { name: "t" }, { content }, "tool_output tools/call:t"],
  [
    "structured content",
    "tools/call",
    { name: "t" },
    { content: [], structuredContent: { a: [MARK] } },
    "tool_output tools/call:t",
  ],
  [
    "the text of a failure",
    "tools/call",
    { name: "t" },
    { content, isError: true },
    "tool_output tools/call:t",
  ],
  [
    "a link",
    "tools/call",
    { name: "t" },
    { content: [{ type: "resource_link", uri: "https://evil.example/x", name: "x", description: MARK }] },
    "tool_output tools/call:t",
  ],
  [
    "an embedded resource",
    "tools/call",
    { name: "t" },
    { content: [{ type: "resource", resource: { uri: "file:///x", text: MARK } }] },
    "tool_output tools/call:t",
  ],
  ["the result of a task", "tasks/result", { taskId: "1" }, { content }, "tool_output tasks/result"],
  [
    "the state of a task",
    "tasks/get",
    { taskId: "1" },
    { taskId: "1", statusMessage: MARK },
    "external tasks/get",
  ],
  [
    "a resource",
    "resources/read",
    { uri: "file:///x" },
    { contents: [{ uri: "file:///x", text: MARK }] },
    "external resources/read:file:///x",
  ],
  [
    "a list of resources",
    "resources/list",
    {},
    { resources: [{ uri: "file:///x", name: MARK }] },
    "external resources/list",
  ],
  [
    "a prompt",
    "prompts/get",
    { name: "p" },
    { messages: [{ role: "user", content: content[0] }] },
    "external prompts/get:p",
  ],
  [
    "a list of prompts",
    "prompts/list",
    {},
    { prompts: [{ name: "p", description: MARK }] },
    "external prompts/list",
  ],
  [
    "a list of tasks",
    "tasks/list",
    {},
    { tasks: [{ taskId: "1", statusMessage: MARK }] },
    "external tasks/list",
  ],
  [
    "a completion",
    "completion/complete",
    {},
    { completion: { values: [MARK] } },
    "external completion/complete",
  ],
  [
    "what stands beside a list of tools",
    "tools/list",
    {},
    { tools: [], note: MARK },
    "tool_output tools/list",
  ],
  [
    "what a list of tools says of itself",
    "tools/list",
    {},
    { tools: [], _meta: { note: MARK } },
    "tool_output tools/list",
  ],
  [
    "a list of tools that is none",
    "tools/list",
    {},
    { tools: { a: { description: MARK } } },
    "tool_output tools/list",
  ],
  [
    "what a result asks of the client",
    "completion/complete",
    {},
    { resultType: "input_required", inputRequests: { q: QUESTION } },
    "external completion/complete:input_requests",
  ],
  [
    "what a list of tools asks of the client",
    "tools/list",
    {},
    { resultType: "input_required", inputRequests: { q: QUESTION } },
    "external tools/list:input_requests",
  ],
];

for (const [what, method, params, result, source] of asked) {
  Deno.test(`${what} that came back is ${source}`, async () => {
    const server: StagedOptions["server"] = (message, answer) =>
      message.id === 1 ? answer(result) : undefined;
    const found = await sourcesAfter(
      server,
      (relay) => relay.clientSays({ jsonrpc: "2.0", id: 1, method, params }),
    );
    assert.deepEqual(found, [source]);
  });
}

Deno.test("an error of a tool is its output", async () => {
  const found = await sourcesAfter(undefined, async (relay) => {
    await relay.clientSays({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "t" } });
    await relay.serverSays({ jsonrpc: "2.0", id: 1, error: { code: -32000, message: MARK } });
  });
  assert.deepEqual(found, ["tool_output tools/call:t"]);
});

Deno.test("the instructions of a server are external", async () => {
  const relay = stageRelay({
    server: async ({ method }, answer) => {
      if (method === "tools/list") await answer({ tools: [{ name: "t" }] });
    },
  });
  const params = { protocolVersion: "2025-11-25", capabilities: {} };
  await relay.clientSays({ jsonrpc: "2.0", id: 0, method: "initialize", params });
  await relay.serverSays({
    jsonrpc: "2.0",
    id: 0,
    result: { protocolVersion: "2025-11-25", instructions: MARK },
  });
  const call = { name: "t", arguments: { to: MARK } };
  await relay.clientSays({ jsonrpc: "2.0", id: 1, method: "tools/call", params: call });
  assert.deepEqual(relay.decided[0]!.taint.map(({ kind }) => kind), ["external"]);
});

for (
  const [method, params, result] of [
    ["sampling/createMessage", { messages: [], maxTokens: 1 }, {
      role: "assistant",
      model: "m",
      content: content[0],
    }],
    ["elicitation/create", { message: "?", requestedSchema: {} }, { action: "accept", content: { a: MARK } }],
    ["roots/list", undefined, { roots: [{ uri: "file:///srv", name: MARK }] }],
  ] as const
) {
  Deno.test(`what the client answers to ${method} is external`, async () => {
    const found = await sourcesAfter(undefined, async (relay) => {
      await relay.serverSays({ jsonrpc: "2.0", id: "q", method, ...(params ? { params } : {}) });
      await relay.clientSays({ jsonrpc: "2.0", id: "q", result });
    });
    assert.deepEqual(found, [`external client:${method}`]);
  });
}

Deno.test("the answers of the client to what a list asked for are external", async () => {
  const found = await sourcesAfter(undefined, async (relay) => {
    const inputResponses = { q: { action: "accept", content: { a: MARK } } };
    await relay.clientSays({ jsonrpc: "2.0", id: 1, method: "resources/list", params: { inputResponses } });
  });
  assert.deepEqual(found, ["external client:input_responses"]);
});

Deno.test("what a result asks of the client is decided in every revision", async () => {
  for (const version of ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]) {
    for (const resultType of ["input_required", "complete", "INPUT_REQUIRED", undefined]) {
      const relay = stageRelay({
        verdict: ({ subject }) => subject.kind === "sampling" ? "block" : "allow",
        server: async ({ method, id }, answer) => {
          if (method === "tools/list") await answer({ tools: [{ name: "t" }] });
          else if (id === 1) {
            const params = { messages: [{ role: "user", content: content[0] }], maxTokens: 1 };
            await answer({ resultType, inputRequests: { q: { method: "sampling/createMessage", params } } });
          }
        },
      });
      const isStateless = version === "2026-07-28";
      if (!isStateless) await relay.initialize(version);
      const _meta = isStateless ? { "io.modelcontextprotocol/protocolVersion": version } : {};
      await relay.clientSays({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "t", _meta } });
      assert.ok(!JSON.stringify(relay.toClient).includes(MARK), `${version} ${resultType}`);
      assert.equal(relay.toClient.at(-1).result.isError, true);
    }
  }
});

for (
  const [method, params] of [
    ["resources/subscribe", { uri: "file:///x" }],
    ["ping", {}],
    ["tasks/cancel", { taskId: "1" }],
    ["logging/setLevel", { level: "info" }],
  ] as const
) {
  Deno.test(`an error that answers ${method} is output of the server`, async () => {
    const found = await sourcesAfter(undefined, async (relay) => {
      await relay.clientSays({ jsonrpc: "2.0", id: 1, method, params });
      await relay.serverSays({ jsonrpc: "2.0", id: 1, error: { code: -32000, message: MARK } });
    });
    assert.deepEqual(found, [`tool_output ${method}`]);
  });
}

Deno.test("what came back marks the call that the client makes the moment it gets it", async () => {
  const relay = stageRelay({
    server: async ({ method, id }, answer) => {
      if (method === "tools/list") await answer({ tools: [{ name: "t" }] });
      else if (id === 1) await answer({ content });
    },
  });
  await relay.initialize();
  const call = (id: number, args: object) => ({
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: { name: "t", arguments: args },
  });
  const { promise: reads, resolve: read } = Promise.withResolvers<void>();
  let next: Promise<void> | undefined;
  const outlet: Outlet = {
    send: () => Promise.resolve(),
    answer() {
      next ??= relay.otherSays(call(2, { to: MARK }), outlet);
      // It need not have taken the whole answer.
      return reads;
    },
    dropped: () => {},
  };
  await relay.otherSays(call(1, {}), outlet);
  while (next === undefined) await Promise.resolve();
  await next;
  read();
  assert.deepEqual(relay.decided.map(({ taint }) => taint.map(({ kind }) => kind)), [[], ["tool_output"]]);
});
