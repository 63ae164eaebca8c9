import assert from "node:assert/strict";
import type { GivenToken } from "../../../tokens/given_token.ts";
import { call, echo, stageRelay } from "./_staged_relay.ts";

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
