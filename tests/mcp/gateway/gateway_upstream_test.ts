/** `gait mcp gateway --upstream`: a server over HTTP, which here is a gateway before a scripted server. */
import assert from "node:assert/strict";
import { onStage, type Stage } from "../../support/gait.ts";
import { type RunningServer, withServer } from "../../support/server.ts";
import { type Client, type Json, scripted, withClient } from "./client.ts";

const MILD = '{"tools": {"*": {"destructive_hint": false}}}';
const POLICY = `default_verdict: block
rules:
  - name: r
    effect: allow
    match: { tool_names: [mcp.s.echo, mcp.s.read, mcp.s.ask, mcp.s.progress, mcp.s.sampling/createmessage] }
`;

/** Run a test with a server over HTTP that allows everything. */
async function withUpstream(
  test: (upstream: string, stage: Stage) => Promise<void>,
  { args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {},
): Promise<void> {
  await onStage(async (stage) => {
    await stage.write("allow.yaml", "default_verdict: allow\n");
    await stage.write("policy.yaml", POLICY);
    await stage.write("tools.json", MILD);
    const far = [
      "mcp",
      "gateway",
      "--policy",
      "allow.yaml",
      "--evidence-dir",
      "far",
      "--pins-dir",
      "far/pins",
      ...args,
    ];
    await withServer(stage, far, ({ url }) => test(`${url}/mcp`, stage), env, scripted("log"));
  });
}

const near = ["--policy", "policy.yaml", "--name", "s", "--tools", "tools.json", "--no-approval-wait"];

Deno.test("a client on standard input reaches a server over HTTP; what is blocked does not", () =>
  withUpstream((upstream, stage) =>
    withClient(stage, [...near, "--upstream", upstream], async (client: Client) => {
      assert.equal((await client.initialize()).result.serverInfo.name, "scripted");
      assert.equal((await client.call(1, "echo", { a: 1 })).result.content[0].text, 'echo {"a":1}');
      assert.equal((await client.call(2, "elicit")).result.isError, true);
      await client.call(3, "progress", {}, { _meta: { progressToken: "t" } });
      const progress = await client.next(({ method }) => method === "notifications/progress");
      assert.equal(progress.params.progressToken, "t");
      await client.send({ jsonrpc: "2.0", id: 4, method: "tools/call", params: { name: "ask" } });
      const asked = await client.next(({ method }) => method === "sampling/createMessage");
      await client.send({ jsonrpc: "2.0", id: asked.id, result: { model: "m", role: "assistant" } });
      assert.match((await client.next(({ id }) => id === 4)).result.content[0].text, /assistant/);
      const lines = (await stage.read("log")).split("\n").filter((line) => line.includes("tools/call"));
      assert.deepEqual(lines.map((line) => JSON.parse(line).params.name), ["echo", "progress", "ask"]);
    })
  ));

Deno.test("a client that says all at once and ends is answered by a server over HTTP, too", () =>
  withUpstream(async (upstream, stage) => {
    const call = (id: number, name: string) => ({
      id,
      method: "tools/call",
      params: { name, arguments: {} },
    });
    const lines = [
      { id: 0, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {} } },
      { method: "notifications/initialized" },
      call(1, "echo"),
      call(2, "elicit"),
      call(3, "read"),
    ].map((message) => JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n");
    const { code, stdout } = await stage.gaitWith(
      { stdin: lines.join("") },
      ...["mcp", "gateway", ...near, "--upstream", upstream],
    );
    assert.equal(code, 0);
    const answers = new Map(
      stdout.trim().split("\n").map((line) => JSON.parse(line)).map((one) => [one.id, one]),
    );
    assert.deepEqual([...answers.keys()].sort(), [0, 1, 2, 3]);
    assert.deepEqual([1, 2, 3].map((id) => answers.get(id).result.isError), [undefined, true, undefined]);
  }));

Deno.test("the stateless revision passes to a server over HTTP, too", () =>
  withUpstream((upstream, stage) =>
    withClient(stage, [...near, "--upstream", upstream], async (client: Client) => {
      const meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": { sampling: {} },
      };
      assert.equal((await client.ask(1, "server/discover", { _meta: meta })).result.resultType, "complete");
      // The far gateway wants headers that repeat this argument.
      const read = await client.ask(3, "tools/call", {
        name: "read",
        arguments: { region: "zürich" },
        _meta: meta,
      });
      assert.equal(read.result.content[0].text, 'read {"region":"zürich"}');
      const answer = await client.ask(2, "tools/call", { name: "echo", arguments: { ü: 1 }, _meta: meta });
      assert.equal(answer.result.content[0].text, 'echo {"ü":1}');
    })
  ));

Deno.test("the gateway shows its own token to the server", () =>
  withUpstream(
    (upstream, stage) => {
      const args = [...near, "--upstream", upstream, "--upstream-token-env", "FAR"];
      return withClient(stage, args, async (client: Client) => {
        await client.initialize();
        assert.equal((await client.call(1, "echo")).result.isError, undefined);
      }, { FAR: "far-secret" });
    },
    { args: ["--auth-token-env", "FAR"], env: { FAR: "far-secret" } },
  ));

Deno.test("without a token of its own, the gateway passes on what client and server say about authorization", () =>
  withUpstream(
    async (upstream, stage) => {
      const args = ["mcp", "gateway", ...near, "--upstream", upstream];
      await withServer(stage, args, async ({ url }: RunningServer) => {
        const begin = (headers: Record<string, string>) =>
          fetch(`${url}/mcp`, {
            method: "POST",
            headers: {
              "content-type": "application/json",
              accept: "application/json, text/event-stream",
              ...headers,
            },
            body: JSON.stringify({
              jsonrpc: "2.0",
              id: 0,
              method: "initialize",
              params: {
                protocolVersion: "2025-11-25",
                capabilities: {},
                clientInfo: { name: "t", version: "1" },
              },
            }),
          });
        const refused = await begin({});
        await refused.body?.cancel();
        assert.deepEqual([refused.status, refused.headers.get("www-authenticate")], [401, "Bearer"]);
        const begun = await begin({ authorization: "Bearer far-secret" });
        assert.equal((await begun.json() as Json).result.serverInfo.name, "scripted");
        const metadata = await fetch(`${url}/.well-known/oauth-protected-resource`);
        await metadata.body?.cancel();
        assert.equal(metadata.status, 404); // as this server answers
      });
      for (const path of await stage.files()) {
        assert.doesNotMatch(new TextDecoder().decode(await stage.bytes(path)), /far-secret/, path);
      }
    },
    { args: ["--auth-token-env", "FAR"], env: { FAR: "far-secret" } },
  ));

Deno.test("a server that can't be reached is an answer, and an address beyond this machine is unsafe", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", POLICY);
    await stage.write("tools.json", MILD);
    await withClient(stage, [...near, "--upstream", "http://127.0.0.1:9/mcp"], async (client: Client) => {
      const answer = await client.ask(1, "initialize", { protocolVersion: "2025-11-25" });
      assert.equal(answer.error.code, -32603);
    });
    const codeFor = async (...args: string[]) => (await stage.gait("mcp", "gateway", ...near, ...args)).code;
    assert.equal(await codeFor("--upstream", "https://mcp.example/mcp"), 8);
    assert.equal(await codeFor("--upstream", "http://user:pass@127.0.0.1/mcp"), 6);
    assert.equal(await codeFor("--upstream", "ftp://127.0.0.1/mcp"), 6);
    assert.equal(await codeFor(), 6);
    assert.equal(await codeFor("--upstream", "http://127.0.0.1:9/", "--", "server"), 6);
    assert.equal(await codeFor("--listen", "0.0.0.0:0", "--", "server"), 6);
    assert.equal(await codeFor("--name", "Not A Name", "--", "server"), 6);
  }));

/** A server whose streams begin with an event without data and a message, and stay open after the answer. */
function talkative(): { readonly url: string; readonly open: () => number; close(): Promise<void> } {
  let open = 0;
  const tools = [{ name: "echo", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } }];
  const results: Record<string, (params: Json) => unknown> = {
    initialize: () => ({
      protocolVersion: "2025-11-25",
      capabilities: { tools: {} },
      serverInfo: { name: "t", version: "1" },
    }),
    "tools/list": () => ({ tools }),
    "tools/call": ({ arguments: args }) => ({
      content: [{ type: "text", text: args.size ? "x".repeat(args.size) : JSON.stringify(args) }],
    }),
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    if (request.method !== "POST") return new Response(null, { status: 405 });
    const { id, method, params } = await request.json();
    if (id === undefined) return new Response(null, { status: 202 });
    const log = { jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: method } };
    const answer = { jsonrpc: "2.0", id, result: results[method]?.(params) };
    const events = `id: 1\ndata: \n\ndata: ${JSON.stringify(log)}\n\nid: 2\ndata: ${
      JSON.stringify(answer)
    }\n\n`;
    open++;
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode(events)),
      cancel: () => void open--,
    });
    return new Response(body, { headers: { "content-type": "text/event-stream", "mcp-session-id": "s" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/mcp`,
    open: () => open,
    close: () => server.shutdown(),
  };
}

Deno.test("a stream that begins with other events and stays open holds up no answer, and is let go", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", POLICY);
    await stage.write("tools.json", MILD);
    const server = talkative();
    try {
      await withClient(stage, [...near, "--upstream", server.url], async (client: Client) => {
        await client.initialize();
        const listed = await client.ask(1, "tools/list");
        assert.deepEqual(listed.result.tools.map(({ name }: Json) => name), ["echo"]);
        assert.equal((await client.call(2, "echo", { a: 1 })).result.content[0].text, '{"a":1}');
        // An answer that is too long is one, and the next one comes as before.
        assert.equal((await client.call(3, "echo", { size: 11 * 1024 * 1024 })).error.code, -32603);
        assert.equal((await client.call(4, "echo", { a: 2 })).result.content[0].text, '{"a":2}');
      });
      for (let i = 0; i < 200 && server.open() > 0; i++) await new Promise((done) => setTimeout(done, 10));
      assert.equal(server.open(), 0);
    } finally {
      await server.close();
    }
  }));
