import assert from "node:assert/strict";
import { call, echo, stageRelay } from "./_staged_relay.ts";
import { Held } from "./held.ts";

const STATELESS = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": { elicitation: {}, sampling: {} },
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
