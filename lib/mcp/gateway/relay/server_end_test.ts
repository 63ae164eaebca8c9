/** The end of a server (docs/spec/mcp.md 10.12), on a clock that stands still: nothing here is answered by a time limit. */
import assert from "node:assert/strict";
import type { GivenToken } from "../../../tokens/given_token.ts";
import { stageRelay } from "./_staged_relay.ts";
import type { Outlet } from "./types.ts";

const timeStops = () => () => {};
const GONE = -32603;

const call = (id: number | string, meta?: object) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name: "t", arguments: {}, ...(meta ? { _meta: meta } : {}) },
});
const STATELESS = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** The errors that a client got, by the id of the request. */
const errorsIn = (messages: readonly { id?: unknown; error?: { code: number } }[]) =>
  Object.fromEntries(messages.filter(({ error }) => error).map(({ id, error }) => [String(id), error!.code]));

Deno.test("whoever waits is answered when the server ends: forwarded, undecided, waiting for a person", async () => {
  const noToken: GivenToken[] = [];
  const relay = stageRelay({
    after: timeStops,
    options: { approvalWait: 45_000 },
    hooks: {
      approvals: {
        find: () => Promise.resolve({ tokens: noToken, warnings: [] }),
        clear: () => Promise.resolve(),
      },
    },
    verdict: ({ message }) => message.text.includes('"id":"person"') ? "require_approval" : "allow",
    // It lists its tools once, and answers no call.
    server: async ({ method }, answer) => {
      if (method === "tools/list" && relay.toServer.length < 4) await answer({ tools: [{ name: "t" }] });
    },
  });
  await relay.initialize();
  for (const id of [1, "1", 2, "person"]) await relay.clientSays(call(id));
  await relay.serverSays({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
  // Decided only when the server has listed its tools again.
  const undecided = relay.clientSays(call("undecided"));
  await relay.serverEnds();
  await undecided;
  const gone = relay.toClient.filter(({ error }) => error);
  assert.equal(gone.length, 5);
  assert.deepEqual(errorsIn(gone), { "1": GONE, "2": GONE, person: GONE, undecided: GONE });
  assert.equal(relay.state.waiting, 0);
});

Deno.test("an answer that waits for a question of the gateway holds nobody up when the server ends", async () => {
  const relay = stageRelay({
    after: timeStops,
    hooks: {
      pins: { record: () => Promise.reject(new Error("nothing is listed")) },
    },
  });
  await relay.initialize();
  await relay.clientSays({ jsonrpc: "2.0", id: "list", method: "tools/list" });
  await relay.clientSays({ jsonrpc: "2.0", id: 1, method: "ping" });
  // To compare the page the gateway asks for the whole list, which never comes.
  const page = relay.serverSays({ jsonrpc: "2.0", id: "list", result: { tools: [{ name: "t" }] } });
  await relay.serverEnds();
  await page;
  assert.deepEqual(errorsIn(relay.toClient), { "1": GONE });
  assert.deepEqual(relay.toClient.find(({ id }) => id === "list").result.tools, []);
});

Deno.test("what is asked after the server ended is answered at once, also while a pipe still takes it", async () => {
  const relay = stageRelay({ after: timeStops });
  await relay.initialize();
  await relay.serverEnds();
  const before = relay.toServer.length;
  assert.deepEqual(relay.ended, []);
  await relay.clientSays({ jsonrpc: "2.0", id: 1, method: "ping" });
  await relay.clientSays(call(2));
  assert.deepEqual(errorsIn(relay.toClient), { "1": GONE, "2": GONE });
  assert.equal(relay.toServer.length, before);
  assert.equal(relay.ended.length, relay.decided.length, "the evidence says that it was not executed");
});

Deno.test("a client that reads nothing keeps no other one of its server from hearing of the end", async () => {
  const timers: (readonly [number, () => void])[] = [];
  const relay = stageRelay({
    options: { shared: true },
    after: (milliseconds, action) => {
      timers.push([milliseconds, action]);
      return () => {};
    },
    server: async ({ method }, answer) => {
      if (method === "tools/list") await answer({ tools: [{ name: "t" }] });
    },
  });
  const { promise: reads, resolve: read } = Promise.withResolvers<void>();
  const stuck: Outlet = { send: () => reads, answer: () => reads, dropped: () => {} };
  await relay.otherSays(call("stuck", { ...STATELESS, progressToken: "t" }), stuck);
  await relay.clientSays(call("other", STATELESS));
  const { params } = relay.toServer.find(({ method }) => method === "tools/call");
  const said = relay.serverSays({
    jsonrpc: "2.0",
    method: "notifications/progress",
    params: { progressToken: params._meta.progressToken, progress: 1 },
  });
  timers.length = 0;
  const ended = relay.serverEnds();
  const [[patience, giveUp] = [0, () => {}]] = timers;
  assert.ok(patience <= 500, "so that a second is enough with the end of the pipe");
  giveUp();
  while (relay.toClient.length === 0) await Promise.resolve();
  assert.deepEqual(errorsIn(relay.toClient), { other: GONE });
  read();
  await Promise.all([said, ended]);
});
