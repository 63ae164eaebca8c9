/** `gait mcp gateway --listen`: sessions, the stateless revision, streams, tokens (docs/spec/mcp.md 10). */
import assert from "node:assert/strict";
import { argv } from "../../support/argv.ts";
import { onStage, type Stage } from "../../support/gait.ts";
import { type RunningServer, withServer } from "../../support/server.ts";
import { type Json, scripted } from "./client.ts";

const STATELESS = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": { sampling: {}, elicitation: {} },
};
const BOTH = "application/json, text/event-stream";

/** What came back from a POST: its objects, whether they came as one or as a stream. */
interface Posted {
  readonly status: number;
  readonly session: string | null;
  readonly messages: Json[];
  readonly ids: string[];
  readonly headers: Headers;
}

async function post(url: string, message: unknown, headers: Record<string, string> = {}): Promise<Posted> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: BOTH, ...headers },
    body: typeof message === "string" ? message : JSON.stringify(message),
  });
  const text = await response.text();
  const { headers: given, status } = response;
  const session = given.get("mcp-session-id");
  if (given.get("content-type") !== "text/event-stream") {
    return { status, session, headers: given, messages: text === "" ? [] : [JSON.parse(text)], ids: [] };
  }
  return { status, session, headers: given, ...eventsOf(text) };
}

function eventsOf(text: string): { messages: Json[]; ids: string[] } {
  const messages: Json[] = [];
  const ids: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("data: ")) messages.push(JSON.parse(line.slice(6)));
    if (line.startsWith("id: ")) ids.push(line.slice(4));
  }
  return { messages, ids };
}

const initialize = (version = "2025-11-25") => ({
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: {
    protocolVersion: version,
    capabilities: { sampling: {} },
    clientInfo: { name: "t", version: "1" },
  },
});
const call = (id: number | string, name: string, args: object = {}, meta?: object) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, arguments: args, ...(meta ? { _meta: meta } : {}) },
});
const modern = (name: string) => ({
  "mcp-protocol-version": "2026-07-28",
  "mcp-method": "tools/call",
  "mcp-name": name,
});

const MILD = '{"tools": {"*": {"destructive_hint": false}}}';

async function withGateway(
  test: (server: RunningServer, stage: Stage, url: string) => Promise<void>,
  { args = [], policy = "default_verdict: allow\n", env = {}, behind = scripted("log") }: {
    args?: string[];
    policy?: string;
    env?: Record<string, string>;
    behind?: string[];
  } = {},
): Promise<void> {
  await onStage(async (stage) => {
    await stage.write("policy.yaml", policy);
    await stage.write("tools.json", MILD);
    const set = argv`--policy policy.yaml --name s --tools tools.json --no-approval-wait ${args}`;
    // The test support adds --listen behind all; the command of the server must stand last.
    await withServer(
      stage,
      ["mcp", "gateway", ...set],
      (server) => test(server, stage, `${server.url}/mcp`),
      env,
      behind,
    );
  });
}

Deno.test("a session: initialize gives an id, calls are decided, DELETE ends it and seals its evidence", () =>
  withGateway(async (_server, stage, url) => {
    const begun = await post(url, initialize());
    assert.equal(begun.status, 200);
    const session = { "mcp-session-id": begun.session! };
    assert.match(begun.session!, /^[0-9a-f]{32}$/);
    const initialized = { jsonrpc: "2.0", method: "notifications/initialized" };
    assert.equal((await post(url, initialized, session)).status, 202);
    const { messages: [answer] } = await post(url, call(1, "echo", { a: 1 }), session);
    assert.equal(answer.result.content[0].text, 'echo {"a":1}');
    assert.equal((await post(url, call(1, "nothing"), session)).messages[0].result.isError, true);
    assert.equal((await post(url, call(1, "echo"))).status, 400);
    assert.equal((await post(url, call(1, "echo"), { "mcp-session-id": "other" })).status, 404);
    const removed = await fetch(url, { method: "DELETE", headers: session });
    await removed.body?.cancel();
    assert.equal(removed.status, 200);
    assert.equal((await post(url, call(1, "echo"), session)).status, 404);
    assert.equal((await stage.files()).filter((path) => path.includes("/packs/")).length, 1);
  }));

Deno.test("two sessions have servers of their own, and may use the same ids", () =>
  withGateway(async (_server, stage, url) => {
    const sessions = await Promise.all([1, 2].map(async () => (await post(url, initialize())).session!));
    const answers = await Promise.all(
      sessions.map((id, i) => post(url, call(1, "echo", { from: i }), { "mcp-session-id": id })),
    );
    assert.deepEqual(answers.map(({ messages: [answer] }) => answer.result.content[0].text), [
      'echo {"from":0}',
      'echo {"from":1}',
    ]);
    const begun = (await stage.read("log")).split("\n").filter((line) => line.includes('"initialize"'));
    assert.equal(begun.length, 2);
  }));

Deno.test("what belongs to a request comes on its stream; a lost stream is read on from its last event", () =>
  withGateway(async (_server, _stage, url) => {
    const session = { "mcp-session-id": (await post(url, initialize())).session! };
    const { messages, ids } = await post(url, call(1, "progress", {}, { progressToken: "t" }), session);
    assert.deepEqual(messages.map(({ method, id }) => method ?? id), ["notifications/progress", 1]);
    const again = await fetch(url, {
      headers: { ...session, accept: "text/event-stream", "last-event-id": ids[0]! },
    });
    const resumed = eventsOf(await again.text());
    assert.deepEqual([resumed.messages.map(({ id }) => id), resumed.ids], [[1], [ids[1]]]);
  }));

Deno.test("the server asks over the GET stream, and the answer comes by POST", () =>
  withGateway(async (_server, _stage, url) => {
    const session = { "mcp-session-id": (await post(url, initialize())).session! };
    const stream = await fetch(url, { headers: { ...session, accept: "text/event-stream" } });
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader.read()).value!;
    const answered = post(url, call(1, "ask"), session);
    while (!text.includes("sampling/createMessage")) text += (await reader.read()).value;
    const { messages: [asked] } = eventsOf(text);
    const answer = { jsonrpc: "2.0", id: asked.id, result: { model: "m", role: "assistant", content: {} } };
    assert.equal((await post(url, answer, session)).status, 202);
    assert.match((await answered).messages.at(-1).result.content[0].text, /assistant/);
    await reader.cancel();
  }));

Deno.test("the stateless revision needs no session; one server answers all, whatever ids its clients use", () =>
  withGateway(async (_server, stage, url) => {
    const all = await Promise.all(
      Array.from(
        { length: 8 },
        (_, i) =>
          post(url, call(1, "progress", { i }, { ...STATELESS, progressToken: 1 }), modern("progress")),
      ),
    );
    for (const { messages } of all) {
      assert.deepEqual(messages.map(({ id, params }) => id ?? params.progressToken), [1, 1]);
      assert.equal(messages[1].result.resultType, "complete");
    }
    const discover = { jsonrpc: "2.0", id: "d", method: "server/discover", params: { _meta: STATELESS } };
    const headers = { "mcp-protocol-version": "2026-07-28", "mcp-method": "server/discover" };
    assert.equal((await post(url, discover, headers)).messages[0].id, "d");
    const lines = (await stage.read("log")).split("\n").filter((line) => line !== "").map((line) =>
      JSON.parse(line)
    );
    const ids = lines.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const get = await fetch(url, { headers: { accept: "text/event-stream" } });
    await get.body?.cancel();
    assert.equal(get.status, 400);
  }));

Deno.test("headers that disagree with the body are refused", () =>
  withGateway(async (_server, stage, url) => {
    const message = call(1, "echo", {}, STATELESS);
    const bad: Record<string, string>[] = [
      { ...modern("echo"), "mcp-method": "tools/list" },
      { ...modern("read") },
      { ...modern("echo"), "mcp-protocol-version": "2025-11-25" },
      { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call" },
      { "mcp-method": "tools/call", "mcp-name": "echo" },
      {},
    ];
    for (const headers of bad) {
      const { status, messages: [answer] } = await post(url, message, headers);
      assert.deepEqual([status, answer.error.code], [400, -32020], JSON.stringify(headers));
    }
    const read = call(2, "read", { region: "eu" }, STATELESS);
    for (const region of [{}, { "mcp-param-region": "us" }] as Record<string, string>[]) {
      const { status, messages: [answer] } = await post(url, read, { ...modern("read"), ...region });
      assert.deepEqual([status, answer.error.code], [400, -32020]);
    }
    const bare = call(2, "read", {}, STATELESS);
    const absent = await post(url, bare, { ...modern("read"), "mcp-param-region": "eu" });
    assert.deepEqual([absent.status, absent.messages[0].error.code], [400, -32020]);
    const encoded = { ...modern("x"), "mcp-name": "=?base64?ZWNobw==?=" };
    assert.equal((await post(url, message, encoded)).messages[0].result.isError, undefined);
    const session = { "mcp-session-id": (await post(url, initialize())).session! };
    const legacy = await post(url, call(2, "echo"), { ...session, "mcp-protocol-version": "2031-01-01" });
    assert.deepEqual([legacy.status, legacy.messages[0].error.code], [400, -32020]);
    const without = await post(url, call(2, "echo"), { "mcp-protocol-version": "2026-07-28" });
    assert.deepEqual([without.status, without.messages[0].error.code], [400, -32602]);
    const version = { "io.modelcontextprotocol/protocolVersion": "2031-01-01" };
    const unknown = await post(url, call(3, "echo", {}, version));
    assert.deepEqual([unknown.status, unknown.messages[0].error.code], [400, -32022]);
    const lines = (await stage.read("log")).split("\n").filter((line) => line.includes("tools/call"));
    assert.equal(lines.length, 1);
    const repeated = await post(url, read, { ...modern("read"), "mcp-param-region": "eu" });
    assert.equal(repeated.messages[0].result.isError, undefined);
  }));

Deno.test("a session keeps its revision, whatever revision a later request names in its header", () =>
  withGateway(async (_server, _stage, url) => {
    const session = { "mcp-session-id": (await post(url, initialize())).session! };
    for (const name of ["2024-11-05", "2025-03-26", "2025-11-25"]) {
      const named = { ...session, "mcp-protocol-version": name };
      assert.equal((await post(url, call(name, "echo"), named)).messages[0].result.isError, undefined);
      // Batches are of 2025-03-26 alone, and the session is not.
      const batch = await post(url, [call(`${name} a`, "echo"), call(`${name} b`, "echo")], named);
      assert.equal(batch.messages[0].error.code, -32600);
    }
  }));

Deno.test("bodies that are no message are refused with 400, web pages with 403, other media types with 415, all as JSON-RPC", () =>
  withGateway(async (server, _stage, url) => {
    for (
      const [body, code] of [["{", -32700], ["[]", -32600], [
        '{"jsonrpc":"2.0","jsonrpc":"2.0"}',
        -32600,
      ]] as const
    ) {
      const { status, messages: [answer] } = await post(url, body);
      assert.deepEqual([status, answer.error.code], [400, code]);
    }
    const refused: [Promise<Posted>, number, string | null][] = [
      [post(url, initialize(), { origin: "http://evil.example" }), 403, null],
      [post(url, initialize(), { "content-type": "text/plain" }), 415, null],
      [post(url, " ".repeat(10 * 1024 * 1024 + 1)), 413, null],
      [post(url, call("big", "echo", { a: "x".repeat(12 * 1024 * 1024) })), 413, "big"],
    ];
    for (const [posted, expected, id] of refused) {
      const { status, messages: [answer] } = await posted;
      const { code } = answer.error;
      assert.deepEqual([status, answer.jsonrpc, answer.id, code], [expected, "2.0", id, -32600]);
    }
    const late = await server.raw(
      "POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    );
    assert.deepEqual(JSON.parse(late.slice(late.indexOf("{"))).error.code, -32600);
  }));

Deno.test("an answer of the client that can't be used leaves the server waiting for nothing", () =>
  withGateway(async (_server, _stage, url) => {
    const session = { "mcp-session-id": (await post(url, initialize())).session! };
    const bad: [(id: string) => string, number][] = [
      [(id) => `{"jsonrpc":"2.0","id":"${id}","result":{"a":1,"a":2}}`, 400],
      [(id) => `{"jsonrpc":"2.0","result":{"a":"${"x".repeat(12 * 1024 * 1024)}"},"id":"${id}"}`, 413],
    ];
    const stream = await fetch(url, { headers: { ...session, accept: "text/event-stream" } });
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    await reader.read();
    for (const [i, [text, status]] of bad.entries()) {
      let said = "";
      const answered = post(url, call(i, "ask"), session);
      const asked = () => eventsOf(said).messages.at(-1);
      while (asked()?.method !== "sampling/createMessage") said += (await reader.read()).value;
      const answer = text(asked().id);
      // Not from somebody without the session.
      assert.equal((await post(url, answer)).messages[0].error.code, -32000);
      const refused = await post(url, answer, session);
      assert.deepEqual([refused.status, refused.messages[0].id], [status, null]);
      assert.equal(JSON.parse((await answered).messages.at(-1).result.content[0].text).code, -32603);
    }
    await reader.cancel();
  }));

Deno.test("the token of the gateway says who calls, and reaches no server", () =>
  withGateway(
    async (_server, stage, url) => {
      assert.equal((await post(url, initialize())).status, 401);
      assert.equal((await post(url, initialize(), { authorization: "Bearer wrong" })).status, 401);
      const [alice, bob] = ["Bearer secret-a", "Bearer secret-b"];
      const begun = await post(url, initialize(), { authorization: alice });
      const session = { "mcp-session-id": begun.session! };
      const allowed = await post(url, call(1, "echo"), { ...session, authorization: alice });
      assert.equal(allowed.messages[0].result.isError, undefined);
      // The session of somebody else.
      assert.equal((await post(url, call(1, "echo"), { ...session, authorization: bob })).status, 404);
      const others = { "mcp-session-id": (await post(url, initialize(), { authorization: bob })).session! };
      const blocked = await post(url, call(1, "echo"), { ...others, authorization: bob });
      assert.equal(blocked.messages[0].result.isError, true);
      for (const path of await stage.files()) {
        assert.doesNotMatch(new TextDecoder().decode(await stage.bytes(path)), /secret-[ab]/, path);
      }
    },
    {
      args: ["--auth-token-env", "alice=A,bob=B"],
      env: { A: "secret-a", B: "secret-b" },
      policy: "default_verdict: block\nrules: [{ name: r, effect: allow, match: { identities: [alice] } }]\n",
    },
  ));

Deno.test("a session answers only whoever began it: another token neither calls in it, reads its streams nor ends it", () =>
  withGateway(
    async (_server, stage, url) => {
      const as = (token: string, more: Record<string, string> = {}) => ({
        authorization: `Bearer ${token}`,
        ...more,
      });
      const request = async (method: string, headers: Record<string, string>) => {
        const response = await fetch(url, { method, headers: { accept: BOTH, ...headers } });
        if (response.status !== 404) {
          return (await response.body?.cancel(), { status: response.status, text: "" });
        }
        return { status: response.status, text: await response.text() };
      };
      const noSession = await request("DELETE", as("one", { "mcp-session-id": "0".repeat(32) }));
      // A token of the same identity is the same owner; one without an identity owns its sessions alone.
      const owners = [["old", "new", ["bob", "one", "two"]], ["one", "one", ["two", "old"]]] as const;
      for (const [owner, same, others] of owners) {
        const session = { "mcp-session-id": (await post(url, initialize(), as(owner))).session! };
        const { ids } = await post(
          url,
          call(1, "progress", {}, { progressToken: "t" }),
          as(owner, session),
        );
        const log = await stage.read("log");
        for (const other of others) {
          const foreign = as(other, session);
          const called = await post(url, call(2, "echo"), foreign);
          assert.deepEqual([called.status, called.messages], [404, [JSON.parse(noSession.text)]], other);
          assert.deepEqual(await request("GET", foreign), noSession, other);
          assert.deepEqual(await request("GET", { ...foreign, "last-event-id": ids[0]! }), noSession, other);
          assert.deepEqual(await request("DELETE", foreign), noSession, other);
        }
        assert.equal(await stage.read("log"), log);
        const { messages: [answer] } = await post(url, call(2, "echo"), as(same, session));
        assert.equal(answer.result.content[0].text, "echo {}");
        assert.equal((await request("DELETE", as(same, session))).status, 200);
      }
    },
    {
      args: ["--auth-token-env", "alice=OLD,alice=NEW,bob=BOB,ONE,TWO"],
      env: { OLD: "old", NEW: "new", BOB: "bob", ONE: "one", TWO: "two" },
    },
  ));
