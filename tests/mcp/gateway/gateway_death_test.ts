/**
 * The death of a server answers all that wait for it (docs/spec/mcp.md 10.12). An approval that nobody gives is waited for
 * ten minutes here, and a call of `slow` for ever: an answer can only come from the death.
 */
import assert from "node:assert/strict";
import { onStage, type Stage } from "../../support/gait.ts";
import { withServer } from "../../support/server.ts";
import { type Json, scripted, withClient } from "./client.ts";

const POLICY = `default_verdict: allow
rules:
  - name: removals
    effect: require_approval
    match: { tool_names: [mcp.s.remove] }
`;
const SETUP = "--policy policy.yaml --name s --tools tools.json --approval-wait 10m".split(" ");
const GONE = -32603;

const call = (id: number | string, name: string, _meta?: object) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, arguments: {}, ...(_meta ? { _meta } : {}) },
});

async function onSet(test: (stage: Stage) => Promise<void>): Promise<void> {
  await onStage(async (stage) => {
    await stage.write("policy.yaml", POLICY);
    await stage.write("tools.json", '{"tools": {"*": {"destructive_hint": false}}}');
    await test(stage);
  });
}

Deno.test("over stdio, several calls in flight and one that waits for a person are answered once each", () =>
  onSet((stage) =>
    withClient(stage, [...SETUP, "--", ...scripted("log")], async (client) => {
      await client.initialize();
      const calls = [call(1, "slow"), call("1", "slow"), call(2, "remove"), call(3, "slow"), call(4, "die")];
      await client.write(calls.map((one) => JSON.stringify(one) + "\n").join(""));
      const answers: Json[] = [];
      for (const { id } of calls) answers.push(await client.next((message) => message.id === id));
      assert.deepEqual(answers.map(({ error }) => error?.code), calls.map(() => GONE));
      // By itself, for its input is still open.
      assert.equal(await client.ended, 1);
      await assert.rejects(client.next(), /the gateway ended; it also said: \[\]/);
      const packs = (await stage.files()).filter((path) => path.includes("/packs/"));
      assert.equal(packs.length, 1);
      assert.equal((await stage.gait("pack", "verify", packs[0]!, "--json")).json.ok, true);
    })
  ));

/** A client that begins a session, asks once, and has nothing more to say. */
function sayAtOnce(stage: Stage, request: object, server: readonly string[]) {
  const params = { protocolVersion: "2025-11-25", capabilities: {} };
  const lines = [{ jsonrpc: "2.0", id: 0, method: "initialize", params }, request];
  const stdin = lines.map((message) => JSON.stringify(message) + "\n").join("");
  return stage.gaitWith({ stdin }, ...["mcp", "gateway", ...SETUP, "--", ...server]);
}

Deno.test("a server that dies is an error also when the client had nothing more to say", () =>
  onSet(async (stage) => {
    const ended = await sayAtOnce(stage, call(1, "die"), scripted("log"));
    assert.equal(ended.code, 1);
    assert.ok(ended.stdout.includes(`${GONE}`));
  }));

Deno.test("a client that has nothing more to say still gets the list that it asked for", () =>
  onSet(async (stage) => {
    // The gateway lists all pages before it shows one.
    const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
    const { code, stdout } = await sayAtOnce(stage, list, scripted("log", "pages"));
    assert.equal(code, 0);
    const answers: Json[] = stdout.trim().split("\n").map((line) => JSON.parse(line));
    const { result } = answers.find(({ id }) => id === 1);
    assert.deepEqual(result.tools.map(({ name }: Json) => name), ["echo", "read"]);
  }));

const HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };

/** Post a message, and give what answers its request, alone or at the end of a stream. */
async function post(url: string, message: Json, headers: Record<string, string>) {
  const body = JSON.stringify(message);
  const response = await fetch(url, { method: "POST", headers: { ...HEADERS, ...headers }, body });
  const text = await response.text();
  const data = text.startsWith("{") ? [text] : [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => json!);
  const answers = data.map((json) => JSON.parse(json)).filter(({ method }) => method === undefined);
  return { status: response.status, session: response.headers.get("mcp-session-id"), answers };
}

/** Wait until so many calls were decided: those that may pass reach the server in this order. */
async function untilDecided(stage: Stage, count: number): Promise<void> {
  for (;;) {
    const traces = (await stage.files()).filter((path) => /traces\/trace_.*\.json$/.test(path));
    if (traces.length >= count) return;
  }
}

const initialize = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } },
};

Deno.test("over HTTP, each request of the session is answered, and the session is gone", () =>
  onSet((stage) =>
    withServer(
      stage,
      ["mcp", "gateway", ...SETUP],
      async ({ url: base }) => {
        const url = `${base}/mcp`;
        const begin = async () => {
          const session = { "mcp-session-id": (await post(url, initialize, {})).session! };
          await post(url, { jsonrpc: "2.0", method: "notifications/initialized" }, session);
          return session;
        };
        const [session, other] = [await begin(), await begin()];
        const waiting = [call(1, "slow"), call("1", "slow"), call(2, "remove"), call(3, "slow")];
        const posted = waiting.map((one) => post(url, one, session));
        await untilDecided(stage, waiting.length);
        posted.push(post(url, call(4, "die"), session));
        const answers = (await Promise.all(posted)).map(({ answers }) => answers);
        assert.deepEqual(answers.map(([one, more]) => [one.id, one.error?.code, more]), [
          ...[...waiting, { id: 4 }].map(({ id }) => [id, GONE, undefined]),
        ]);
        assert.equal((await post(url, call(5, "echo"), session)).status, 404);
        // Another session has a server of its own.
        assert.equal((await post(url, call(1, "echo"), other)).answers[0].result.isError, undefined);
      },
      {},
      scripted("log"),
    )
  ));

Deno.test("over HTTP without sessions, every client of the server is answered, and the next call begins another", () =>
  onSet((stage) =>
    withServer(
      stage,
      ["mcp", "gateway", ...SETUP],
      async ({ url }) => {
        const meta = {
          "io.modelcontextprotocol/protocolVersion": "2026-07-28",
          "io.modelcontextprotocol/clientCapabilities": {},
        };
        const ask = (id: number, name: string) =>
          post(`${url}/mcp`, call(id, name, meta), {
            "mcp-protocol-version": "2026-07-28",
            "mcp-method": "tools/call",
            "mcp-name": name,
          });
        const posted = [ask(1, "slow"), ask(1, "slow"), ask(2, "remove")];
        await untilDecided(stage, posted.length);
        posted.push(ask(3, "die"));
        const answers = (await Promise.all(posted)).flatMap(({ answers }) => answers);
        assert.deepEqual(
          answers.map(({ id, error }) => [id, error?.code]),
          [1, 1, 2, 3].map((id) => [id, GONE]),
        );
        assert.equal((await ask(4, "echo")).answers[0].result.isError, undefined);
      },
      {},
      scripted("log"),
    )
  ));
