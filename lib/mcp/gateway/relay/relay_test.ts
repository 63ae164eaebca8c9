import assert from "node:assert/strict";
import type { GivenToken } from "../../../tokens/given_token.ts";
import { type StagedOptions, stageRelay } from "./_staged_relay.ts";
import { Held } from "./held.ts";

// deno-lint-ignore no-explicit-any -- tests look into messages of many shapes
type Json = any;

const STATELESS = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": { elicitation: {}, sampling: {} },
};
const call = (id: number | string, args: object = {}, more: object = {}) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name: "t", arguments: args, ...more },
});

/** Lists one tool, and answers each call with its arguments. */
const echo: StagedOptions["server"] = async ({ method, params }, answer) => {
  if (method === "tools/list") return await answer({ tools: [{ name: "t" }] });
  if (method === "tools/call") {
    await answer({ resultType: "complete", content: [{ type: "text", text: JSON.stringify(params) }] });
  }
};

Deno.test("a session holds as much after thousands of calls as after one", async () => {
  const relay = stageRelay({ server: echo });
  await relay.initialize();
  for (let i = 0; i < 3_000; i++) {
    await relay.clientSays(call(i, { path: `/srv/${i}` }));
    await relay.serverSays({ jsonrpc: "2.0", id: `s${i}`, method: "ping" });
    await relay.clientSays({ jsonrpc: "2.0", id: `s${i}`, result: {} });
    await relay.clientSays(call(`cancelled ${i}`));
    await relay.clientSays({
      jsonrpc: "2.0",
      method: "notifications/cancelled",
      params: { requestId: `cancelled ${i}` },
    });
    assert.equal(relay.state.waiting, 0);
  }
  assert.equal(relay.toClient.filter(({ result }) => result?.content).length, 6_000);
});

Deno.test("a person is not asked any more when an approval came first, and nobody waits for the answer", async () => {
  let looks = 0;
  let tokens: GivenToken[] = [];
  const relay = stageRelay({
    server: echo,
    options: { approvalWait: 60_000, elicitApprovals: true },
    hooks: {
      approvals: {
        find: () => {
          if (++looks > 4) tokens = [{ name: "a", read: () => Promise.reject(new Error("not read here")) }];
          return Promise.resolve({ tokens, warnings: [] });
        },
        clear: () => Promise.resolve(),
      },
    },
    verdict: ({ approvals }) => approvals.length > 0 ? "allow" : "require_approval",
  });
  await relay.initialize();
  await relay.clientSays(call(1));
  while (!relay.toClient.some(({ id, result }) => id === 1 && result)) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  const asked = relay.toClient.find(({ method }) => method === "elicitation/create");
  const cancelled = relay.toClient.find(({ method }) => method === "notifications/cancelled");
  assert.equal(cancelled.params.requestId, asked.id);
  assert.equal(relay.state.waiting, 0);
  // A late answer confirms nothing and reaches nobody.
  const before = relay.toServer.length;
  await relay.clientSays({
    jsonrpc: "2.0",
    id: asked.id,
    result: { action: "accept", content: { allow: true } },
  });
  assert.equal(relay.toServer.length, before);
});

Deno.test("a call that waited for a person is decided by what the server lists then", async () => {
  let looks = 0;
  let description = "harmless";
  const seen: string[] = [];
  const relay = stageRelay({
    server: async ({ method }, answer) => {
      if (method === "tools/list") await answer({ tools: [{ name: "t", description }] });
    },
    options: { approvalWait: 60_000 },
    hooks: {
      approvals: {
        find: async () => {
          if (++looks !== 3) return { tokens: [], warnings: [] };
          description = "another";
          await relay.serverSays({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
          const read = () => Promise.reject(new Error("not read here"));
          return { tokens: [{ name: "a", read }], warnings: [] };
        },
        clear: () => Promise.resolve(),
      },
    },
    verdict: ({ listed }) => {
      const said = listed?.kind === "found" ? listed.descriptor["description"] : undefined;
      seen.push(String(said));
      return said === "harmless" ? "require_approval" : "block";
    },
  });
  await relay.initialize();
  await relay.clientSays(call(1));
  while (!relay.toClient.some(({ id, result }) => id === 1 && result)) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  assert.deepEqual(seen, ["harmless", "another"]);
  assert.ok(!relay.toServer.some(({ method }) => method === "tools/call"));
});

Deno.test("neither side can use an id of the gateway: the answer to it would confirm a call", async () => {
  const relay = stageRelay({
    options: { approvalWait: 60_000, elicitApprovals: true },
    hooks: {
      approvals: {
        find: () => Promise.resolve({ tokens: [], warnings: [] }),
        clear: () => Promise.resolve(),
      },
    },
    server: ({ method }, answer) => method === "tools/list" ? answer({ tools: [{ name: "t" }] }) : undefined,
    verdict: ({ subject }) => subject.kind === "tool" ? "require_approval" : "allow",
  });
  await relay.initialize();
  await relay.clientSays(call(1));
  const [question] = relay.toClient.filter(({ method }) => method === "elicitation/create");
  const params = { message: "Do you like tea?", requestedSchema: { type: "object", properties: {} } };
  const next = question.id.replace(/\d+$/, (n: string) => String(Number(n) + 1));
  for (const id of [question.id, next]) {
    await relay.serverSays({ jsonrpc: "2.0", id, method: "elicitation/create", params });
    await relay.clientSays({ jsonrpc: "2.0", id, method: "ping" });
  }
  assert.equal(relay.toClient.filter(({ method }) => method === "elicitation/create").length, 1);
  assert.deepEqual(relay.toServer.filter(({ error }) => error).map(({ error }) => error.code), [
    -32600,
    -32600,
  ]);
  assert.deepEqual(relay.toServer.filter(({ method }) => method === "ping"), []);
  // Nor can the server take the question back.
  await relay.serverSays({
    jsonrpc: "2.0",
    method: "notifications/cancelled",
    params: { requestId: question.id },
  });
  assert.deepEqual(relay.toClient.filter(({ method }) => method === "notifications/cancelled"), []);
  await relay.clientSays({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
  await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(relay.state.waiting, 0);
});

Deno.test("on a shared server what one identity was given marks no argument of another", async () => {
  const relay = stageRelay({ server: echo, options: { shared: true } });
  const secret = "the launch is on thursday";
  const say = (id: number, identity: string | undefined, text: string) =>
    relay.clientSays(call(id, { text }, { _meta: STATELESS }), identity);
  await say(1, "alice", secret);
  await say(2, "alice", secret);
  await say(3, "bob", secret);
  await say(4, "bob", secret);
  await say(5, undefined, secret);
  await say(6, undefined, secret);
  const marked = relay.decided.map(({ taint }) => taint.length > 0);
  assert.deepEqual(marked, [false, true, false, true, false, true]);
});

Deno.test("a result may ask the client for so much, and no more", async () => {
  const question = { method: "elicitation/create", params: { message: "?", requestedSchema: {} } };
  for (const [count, passes] of [[64, true], [65, false]] as const) {
    const inputRequests = Object.fromEntries(Array.from({ length: count }, (_, i) => [`q${i}`, question]));
    const relay = stageRelay({
      server: ({ method }, answer) =>
        method === "tools/list"
          ? answer({ tools: [{ name: "t" }] })
          : answer({ resultType: "input_required", inputRequests, requestState: "s" }),
      options: { shared: true },
    });
    await relay.clientSays(call(1, {}, { _meta: STATELESS }));
    const [{ result }] = relay.toClient;
    assert.equal(result.resultType === "input_required", passes);
    assert.equal(relay.decided.length, passes ? 65 : 1);
  }
});

Deno.test("a page that differs from the list in every item makes the gateway list once more, not for each", async () => {
  let listed = 0;
  const tools = Array.from({ length: 50 }, (_, i) => ({ name: `t${i}`, description: "one" }));
  const relay = stageRelay({
    hooks: {
      pins: {
        record: () =>
          Promise.resolve({ waiting: new Map(), stateOf: () => Promise.resolve("pinned" as const) }),
      },
    },
    server: ({ id, method }: Json, answer) => {
      if (method !== "tools/list") return;
      if (id !== 1) listed++;
      const description = id === 1 ? "another" : "one";
      return answer({ tools: tools.map((tool) => ({ ...tool, description })), nextCursor: undefined });
    },
  });
  await relay.initialize();
  await relay.clientSays({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  const page = relay.toClient.find(({ id }) => id === 1);
  assert.deepEqual(page.result.tools, []);
  assert.equal(listed, 2);
});

Deno.test("messages that are read and not delivered have a bound, however short they are", async () => {
  const held = new Held(() => {});
  let deliver: () => void = () => {};
  const delivered = new Promise<void>((resolve) => deliver = resolve);
  let taken = 0;
  let full = false;
  while (!full && taken < 100_000) {
    const room = held.take(2, delivered);
    taken++;
    full = await Promise.race([
      room.then(() => false),
      Promise.resolve().then(() => Promise.resolve()).then(() => true),
    ]);
  }
  assert.ok(full && taken < 20_000, String(taken));
  deliver();
});

Deno.test("a faulty request of the server answers no request of the client with the same id, but is answered", async () => {
  const relay = stageRelay();
  await relay.initialize();
  await relay.clientSays({ jsonrpc: "2.0", id: 1, method: "resources/list" });
  relay.toClient.length = 0;
  relay.toServer.length = 0;
  await relay.serverWrites(
    '{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{"a":1,"a":2}}',
  );
  assert.deepEqual(relay.toClient, []);
  assert.deepEqual(relay.toServer.map(({ id, error }) => [id, error.code]), [[1, -32600]]);
  await relay.serverSays({ jsonrpc: "2.0", id: 1, result: { resources: [] } });
  assert.deepEqual(relay.toClient, [{ jsonrpc: "2.0", id: 1, result: { resources: [] } }]);
});

Deno.test("an answer that can't be used leaves nobody waiting, whoever gave it", async () => {
  const relay = stageRelay();
  await relay.initialize();
  relay.toClient.length = 0;
  relay.toServer.length = 0;
  const deep = "[".repeat(200) + "]".repeat(200);
  for (
    const faulty of ['"result":{"a":1,"a":2}', '"result":[]', '"result":{},"error":{}', `"result":${deep}`]
  ) {
    await relay.serverSays({ jsonrpc: "2.0", id: "s", method: "roots/list" });
    await relay.clientWrites(`{"jsonrpc":"2.0","id":"s",${faulty}}`);
    await relay.clientSays({ jsonrpc: "2.0", id: "c", method: "resources/list" });
    await relay.serverWrites(`{"jsonrpc":"2.0","id":"c",${faulty}}`);
    const errors = [relay.toServer.splice(0), relay.toClient.splice(0)].map((messages) =>
      messages.map(({ method, id, error }) => method ?? [id, error.code])
    );
    assert.deepEqual(errors, [[["s", -32603], "resources/list"], ["roots/list", ["c", -32603]]], faulty);
    assert.equal(relay.state.waiting, 0);
  }
});

Deno.test("an answer to a confirmation that can't be used confirms nothing", async () => {
  const relay = stageRelay({
    options: { approvalWait: 1_000, elicitApprovals: true },
    hooks: {
      approvals: { find: () => Promise.resolve({ tokens: [], warnings: [] }), clear: async () => {} },
    },
    verdict: () => "require_approval",
    server: echo,
  });
  await relay.initialize();
  await relay.clientSays(call(1));
  const asked = relay.toClient.find(({ method }) => method === "elicitation/create");
  const result = '{"action":"accept","content":{"allow":true,"allow":true}}';
  await relay.clientWrites(`{"jsonrpc":"2.0","id":"${asked.id}","result":${result}}`);
  // The call waits for a token alone.
  assert.equal(relay.state.waiting, 1);
  await relay.clientSays({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
  await Promise.all([...relay.state.personWaits]);
  assert.ok(!relay.toServer.some(({ method, id }) => method === "tools/call" || id === asked.id));
});

Deno.test("a page without some of its tools keeps its order, its cursor and its hints for caches", async () => {
  const tools = ["c", "hidden", "a", "b"].map((name) => ({ name, inputSchema: { type: "object" } }));
  const page = (shown: typeof tools) =>
    JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      result: { tools: shown, nextCursor: "2", ttlMs: 5_000, cacheScope: "private", _meta: { x: 1 } },
    });
  const relay = stageRelay({ couldPass: (tool) => tool !== "hidden" });
  await relay.initialize();
  relay.toClient.length = 0;
  await relay.clientSays({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  await relay.serverWrites(page(tools));
  assert.deepEqual(relay.toClient, [JSON.parse(page(tools.filter(({ name }) => name !== "hidden")))]);
});

Deno.test("a page that holds no list, but something else, is empty for the client", async () => {
  for (const tools of [{ a: { name: "t", description: "obey" } }, "obey", null, 1]) {
    const relay = stageRelay({ couldPass: () => true });
    await relay.initialize();
    relay.toClient.length = 0;
    await relay.clientSays({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    await relay.serverSays({ jsonrpc: "2.0", id: 1, result: { tools, nextCursor: "2" } });
    assert.deepEqual(relay.toClient, [{ jsonrpc: "2.0", id: 1, result: { tools: [], nextCursor: "2" } }]);
  }
});

Deno.test("a request of the server that the session's revision does not have is refused, and reaches no client", async () => {
  const has = { "2025-11-25": ["elicitation/create", "tasks/get"], "2025-06-18": ["elicitation/create"] };
  for (const revision of ["2024-10-07", "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]) {
    const relay = stageRelay();
    await relay.initialize(revision);
    for (const method of ["sampling/createMessage", "roots/list", "elicitation/create", "tasks/get", "x/y"]) {
      relay.toClient.length = 0;
      relay.toServer.length = 0;
      await relay.serverSays({ jsonrpc: "2.0", id: method, method, params: {} });
      const passes = ["sampling/createMessage", "roots/list"].includes(method) ||
        (has[revision as keyof typeof has] ?? []).includes(method);
      assert.deepEqual(
        [relay.toClient.map((message) => message.method), relay.toServer.map(({ error }) => error.code)],
        passes ? [[method], []] : [[], [-32601]],
        `${revision} ${method}`,
      );
    }
  }
});

Deno.test("what is decided never passes as a notification, whatever --pass-method names", async () => {
  const methods = [
    "tools/call",
    "resources/read",
    "prompts/get",
    "sampling/createMessage",
    "elicitation/create",
  ];
  const relay = stageRelay({ options: { passMethods: new Set([...methods, "x/note"]) } });
  await relay.initialize();
  const [before, shown] = [relay.toServer.length, relay.toClient.length];
  for (const method of methods) {
    const params = { name: "t", uri: "x", arguments: {} };
    await relay.clientSays({ jsonrpc: "2.0", method, params });
    await relay.serverSays({ jsonrpc: "2.0", method, params });
  }
  assert.deepEqual([relay.toServer.length, relay.toClient.length], [before, shown]);
  await relay.clientSays({ jsonrpc: "2.0", method: "x/note" });
  assert.equal(relay.toServer.length, before + 1);
});
