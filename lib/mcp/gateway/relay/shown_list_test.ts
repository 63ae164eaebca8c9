import assert from "node:assert/strict";
import { stageRelay } from "./_staged_relay.ts";

// deno-lint-ignore no-explicit-any -- tests look into messages of many shapes
type Json = any;

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
