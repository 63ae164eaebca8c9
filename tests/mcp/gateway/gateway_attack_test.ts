/** Ways around `gait mcp gateway` that must not lead to the server (docs/threat_model.md 8, 9, 40, 42). */
import assert from "node:assert/strict";
import { openZip } from "../../../lib/formats/zip/mod.ts";
import { argv } from "../../support/argv.ts";
import { onStage, type Stage } from "../../support/gait.ts";
import { type Client, type Json, scripted, withClient } from "./client.ts";

const ALLOW = "default_verdict: allow\n";
const MILD = '{"tools": {"*": {"destructive_hint": false}}}';

async function withGateway(
  test: (client: Client, stage: Stage) => Promise<void>,
  { args = [], server = [], policy = ALLOW, tools = MILD }: {
    args?: string[];
    server?: string[];
    policy?: string;
    tools?: string;
  } = {},
): Promise<void> {
  await onStage(async (stage) => {
    await stage.write("policy.yaml", policy);
    await stage.write("tools.json", tools);
    const set = ["--policy", "policy.yaml", "--name", "s", "--tools", "tools.json", "--no-approval-wait"];
    await withClient(
      stage,
      [...set, ...args, "--", ...scripted("log", ...server)],
      (client) => test(client, stage),
    );
  });
}

const decisionOf = (answer: Json) => answer.result._meta["dev.gait/decision"];
const STATELESS = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": { elicitation: {}, sampling: {} },
};

/** The requests of a method that reached the server. */
async function reached(stage: Stage, method: string): Promise<Json[]> {
  const lines = (await stage.read("log")).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line)).filter((message) => message.method === method);
}

Deno.test("what two readers could understand differently reaches no server", () =>
  withGateway(async (client, stage) => {
    await client.initialize();
    const call = (params: string, id = "1") =>
      `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":${params}}\n`;
    const lines: [string | Uint8Array, number | null][] = [
      [call('{"name":"echo","arguments":{},"arguments":{"x":1}}'), 1],
      [call('{"name":"echo","arguments":{"a":{"k":1,"k":2}}}'), 1],
      [call('{"name":"echo","Arguments":{}}'), 1],
      [call('["echo"]'), 1],
      [call('{"name":"echo","arguments":{"a":"\\ud800"}}'), 1],
      [call(`{"name":"echo","arguments":{"a":${"[".repeat(200)}${"]".repeat(200)}}}`), 1],
      [`[${call('{"name":"echo"}').trim()}]\n`, null],
      [call('{"name":"echo"}', "1.0"), null],
      [Uint8Array.of(...new TextEncoder().encode('{"a":"'), 0xff, 0x22, 0x7d, 0x0a), null],
      [" ".repeat(10 * 1024 * 1024 + 1) + "\n", null],
      [call(JSON.stringify({ name: "echo", arguments: { a: "x".repeat(10 * 1024 * 1024) } })), 1],
    ];
    for (const [line, id] of lines) {
      await client.write(line);
      const answer = await client.next();
      assert.deepEqual([answer.error?.code, answer.id], [-32600, id], String(line).slice(0, 120));
    }
    await client.write("{nonsense\n");
    assert.equal((await client.next()).error.code, -32700);
    const wrong = await client.ask(9, "tools/call", { name: "echo", arguments: [] });
    assert.equal(wrong.error.code, -32602);
    assert.deepEqual(await reached(stage, "tools/call"), []);
  }));

Deno.test("an id that waits for its answer is not used again, and more than 1,024 do not wait", () =>
  withGateway(async (client, stage) => {
    await client.initialize();
    await client.send({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "slow" } });
    assert.equal((await client.call(1, "echo")).error.code, -32600);
    // The number 1 and the text "1" are two ids.
    assert.equal((await client.call("1", "echo")).result.isError, undefined);
    const many = Array.from(
      { length: 1_024 },
      (_, i) =>
        JSON.stringify({ jsonrpc: "2.0", id: i + 10, method: "tools/call", params: { name: "slow" } }),
    );
    await client.write(many.join("\n") + "\n");
    const refused = await client.next(({ error }) => error !== undefined);
    assert.deepEqual([refused.id, refused.error.code], [1_033, -32600]);
    assert.equal(await client.ask("after", "ping").then(({ error }) => error.code), -32600);
    assert.ok((await reached(stage, "tools/call")).length <= 1_025);
    await client.kill("SIGTERM");
  }));

Deno.test("a call whose answer is too long to be kept hears of it, and the session goes on", () =>
  withGateway(async (client, stage) => {
    await client.initialize();
    await client.send({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "slow" } });
    assert.equal((await client.call("big", "huge")).error.code, -32603);
    assert.equal((await client.call(2, "echo")).result.isError, undefined);
    await client.kill("SIGTERM");
    // What came back is not known, and the call did happen.
    const pack = (await stage.files()).find((path) => path.includes("/runpacks/"))!;
    const results = new TextDecoder().decode(await openZip(await stage.bytes(pack)).read("results.jsonl"));
    const statuses = results.trim().split("\n").map((line) => JSON.parse(line).status);
    assert.deepEqual(statuses, ["error", "error", "ok"]);
  }, { server: ["huge"] }));

Deno.test("whoever waits for a message that is too long hears of it, on both sides", () =>
  withGateway(async (client, stage) => {
    const long = "x".repeat(11 * 1024 * 1024);
    await client.initialize("2025-03-26");
    // A request of the server: its tool hears of it, and no client was asked.
    const asked = await client.call(1, "ask", { size: 11 * 1024 * 1024 });
    assert.equal(JSON.parse(asked.result.content[0].text).code, -32600);
    // An answer of the client: the server hears of it, and the client waits for nothing.
    await client.send({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "ask" } });
    const { id } = await client.next(({ method }) => method === "sampling/createMessage");
    await client.send({ result: { role: "assistant", model: "m", content: long }, jsonrpc: "2.0", id });
    const answered = await client.next(() => true);
    assert.equal(answered.id, 2);
    assert.equal(JSON.parse(answered.result.content[0].text).code, -32603);
    // So does an answer that can't be used for another reason.
    await client.send({ jsonrpc: "2.0", id: 3, method: "tools/call", params: { name: "ask" } });
    const again = await client.next(({ method }) => method === "sampling/createMessage");
    await client.write(`{"jsonrpc":"2.0","id":"${again.id}","result":{"a":1,"a":2}}\n`);
    assert.equal(JSON.parse((await client.next()).result.content[0].text).code, -32603);
    // Of a list each request.
    await client.send([{ jsonrpc: "2.0", id: 4, method: "ping" }, { jsonrpc: "2.0", method: "x", long }]);
    assert.deepEqual((await client.next()).map(({ id, error }: Json) => [id, error.code]), [[4, -32600]]);
    assert.equal((await reached(stage, "tools/call")).length, 3);
  }));

Deno.test("a list of tools that is too long blocks the calls at once, without the patience for a lost answer", () =>
  withGateway(async (client) => {
    await client.initialize();
    const { result } = await client.call(1, "echo");
    assert.ok(decisionOf({ result }).reason_codes.includes("mcp_tool_unlisted"));
  }, { server: ["endless"] }));

Deno.test("a method outside of the revision is not forwarded, unless it is let pass", () =>
  withGateway(async (client, stage) => {
    await client.initialize("2025-06-18");
    for (const method of ["tasks/get", "server/discover", "Tools/Call", "tools/call ", "x/y"]) {
      assert.equal((await client.ask(1, method, {})).error.code, -32601, method);
    }
    assert.equal((await client.ask(2, "x/passed", {})).error.message, "no such method");
    await client.send({ jsonrpc: "2.0", method: "notifications/unknown" });
    await client.ask(3, "ping");
    assert.deepEqual(await reached(stage, "notifications/unknown"), []);
    assert.deepEqual(await reached(stage, "tasks/get"), []);
  }, { args: ["--pass-method", "x/passed"] }));

Deno.test("a batch is decided member by member where the revision has batches, and answered as one", () =>
  withGateway(async (client, stage) => {
    await client.initialize("2025-03-26");
    const call = (id: number, name: string) => ({
      jsonrpc: "2.0",
      id,
      method: "tools/call",
      params: { name },
    });
    await client.send([
      call(1, "echo"),
      call(2, "nothing"),
      { jsonrpc: "2.0", method: "notifications/x" },
      call(3, "read"),
    ]);
    const answers = await client.next(Array.isArray);
    const errors = Object.fromEntries(
      answers.map((answer: Json) => [answer.id, answer.result.isError === true]),
    );
    assert.deepEqual(errors, { 1: false, 2: true, 3: false });
    assert.deepEqual((await reached(stage, "tools/call")).map(({ id }) => id).sort(), [1, 3]);
  }));

Deno.test("names: unknown, invalid and colliding ones are blocked, over all pages", async () => {
  await withGateway(async (client, stage) => {
    await client.initialize();
    for (const name of ["nothing", "ECHO", "echo ", "", "a/b", "é", "x".repeat(129)]) {
      const answer = await client.call(1, name);
      const { verdict, reason_codes } = decisionOf(answer);
      assert.equal(verdict, "block", name);
      assert.match(reason_codes.join(" "), /\bmcp_tool_(unknown|name_invalid)\b/, name);
    }
    assert.equal(
      (await client.call(2, "progress", {}, { _meta: { progressToken: 1 } })).result.isError,
      undefined,
    );
    assert.equal((await reached(stage, "tools/call")).length, 1);
  }, { server: ["pages"] });
  await withGateway(async (client) => {
    await client.initialize();
    for (const name of ["echo", "Echo"]) {
      const { reason_codes } = decisionOf(await client.call(1, name));
      assert.ok(reason_codes.includes("mcp_tool_name_collision"));
    }
    assert.deepEqual((await client.ask(2, "tools/list")).result.tools, []);
  }, { server: ["renamed"] });
});

const READS =
  "default_verdict: block\nrules: [{ name: r, effect: allow, match: { tool_names: [mcp.s.read] } }]\n";

Deno.test("annotations of a server do not loosen; a mapping does", async () => {
  const verdictOf = async (tools: string) => {
    let verdict = "";
    await withGateway(async (client) => {
      await client.initialize();
      const { result } = await client.call(1, "read");
      verdict = result.isError ? decisionOf({ result }).verdict : "allow";
    }, { tools, policy: READS });
    return verdict;
  };
  // The scripted server says that "read" is read-only.
  assert.equal(await verdictOf('{"tools": {}}'), "require_approval");
  assert.equal(await verdictOf('{"tools": {"read": {"read_only_hint": true}}}'), "allow");
});

Deno.test("annotations count where the snapshot of the policy vouches for the server, and only that one", () =>
  onStage(async (stage) => {
    const entry = { status: "trusted", score: 0.9, updated_at: "2026-01-01T00:00:00Z" };
    const entries = [{ server_name: "s", ...entry }, { server_name: "liar", ...entry, status: "untrusted" }];
    await stage.write(
      "snap.json",
      JSON.stringify({ schema_id: "gait.mcp.trust_snapshot", schema_version: "1.0.0", entries }),
    );
    // A call that may destroy something needs an approval, though a rule allows it.
    const rule = "{ name: r, effect: allow, match: { tool_names: [mcp.s.read, mcp.s.echo, mcp.liar.read] } }";
    const trust = "mcp_trust: { snapshot: snap.json, action: block }";
    await stage.write("policy.yaml", `default_verdict: block\n${trust}\nrules: [${rule}]\n`);
    for (
      const [name, tool, verdict] of [["s", "read", "allow"], ["s", "echo", "other"], [
        "liar",
        "read",
        "other",
      ]]
    ) {
      const set = ["--policy", "policy.yaml", "--name", name!, "--no-approval-wait", "--pins", "off"];
      await withClient(stage, [...set, "--", ...scripted("log")], async (client) => {
        await client.initialize();
        const { result } = await client.call(1, tool!);
        assert.equal(result.isError, verdict === "allow" ? undefined : true, `${name} ${tool}`);
      });
    }
  }));

Deno.test("a tool that came later or changed is hidden and blocked until it is accepted", () =>
  withGateway(async (client, stage) => {
    await client.initialize();
    await client.call(1, "echo");
    await client.send({ jsonrpc: "2.0", method: "notifications/roots/list_changed" });
    await client.next(({ method }) => method === "notifications/tools/list_changed");
    assert.deepEqual(decisionOf(await client.call(2, "late")).reason_codes.includes("mcp_tool_new"), true);
    const names = (answer: Json) => answer.result.tools.map(({ name }: Json) => name);
    assert.equal(names(await client.ask(3, "tools/list")).includes("late"), false);
    assert.equal((await stage.gait("mcp", "trust", "accept", "s", "--yes", "--json")).json.ok, true);
    assert.equal((await client.call(4, "late")).result.isError, undefined);
    assert.equal(names(await client.ask(5, "tools/list")).includes("late"), true);
  }));

const ASKING = `default_verdict: block
rules:
  - name: tools
    effect: allow
    match: { tool_names: [mcp.s.ask, mcp.s.elicit, mcp.s.sampling/createmessage] }
`;

Deno.test("what the server asks of the client is decided", () =>
  withGateway(async (client) => {
    await client.initialize();
    await client.send({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "ask" } });
    const asked = await client.next(({ method }) => method === "sampling/createMessage");
    await client.send({
      jsonrpc: "2.0",
      id: asked.id,
      result: { model: "m", role: "assistant", content: {} },
    });
    assert.match((await client.next(({ id }) => id === 1)).result.content[0].text, /assistant/);
    assert.match((await client.call(2, "elicit")).result.content[0].text, /"action":"decline"/);
    // An answer that nobody asked for reaches no server.
    await client.send({ jsonrpc: "2.0", id: "s99", result: {} });
    assert.equal((await client.ask(3, "resources/read", { uri: "file:///x" })).error.code, -32010);
    assert.equal((await client.ask(4, "prompts/get", { name: "p" })).error.code, -32010);
  }, { policy: ASKING }));

Deno.test("only tools are decided when so wished", () =>
  withGateway(async (client) => {
    await client.initialize();
    assert.equal((await client.ask(1, "resources/read", { uri: "file:///x" })).result.contents.length, 1);
    assert.equal((await client.call(2, "echo")).result.isError, true);
  }, { policy: ASKING, args: ["--decide", "tools"] }));

Deno.test("the stateless revision: blocks have a result type, and input requests are decided", () =>
  withGateway(async (client, stage) => {
    const call = (id: number, name: string, more = {}) =>
      client.ask(id, "tools/call", { name, arguments: {}, _meta: STATELESS, ...more });
    assert.equal(
      (await client.ask(1, "server/discover", { _meta: STATELESS })).result.resultType,
      "complete",
    );
    const blocked = await call(2, "echo");
    assert.deepEqual([blocked.result.isError, blocked.result.resultType], [true, "complete"]);
    const asked = await call(3, "ask");
    assert.equal(asked.result.inputRequests.q.method, "sampling/createMessage");
    const retried = await call(4, "ask", { inputResponses: { q: { model: "m" } }, requestState: "state" });
    assert.match(retried.result.content[0].text, /"model":"m"/);
    // An elicitation is not allowed by this policy, so the whole result is stopped.
    const stopped = await call(5, "elicit");
    assert.deepEqual([stopped.result.isError, stopped.result.inputRequests], [true, undefined]);
    assert.equal((await client.ask(6, "ping", { _meta: STATELESS })).error.code, -32601);
    // An object without a text is answered, too, so that nobody waits for ever.
    for (const [id, version] of ["2031-01-01", { toString: null }, [{ toString: null }]].entries()) {
      const unknown = { "io.modelcontextprotocol/protocolVersion": version };
      const refused = await client.ask(7 + id, "tools/list", { _meta: unknown });
      assert.deepEqual([refused.error.code, refused.error.data.supported], [-32022, ["2026-07-28"]]);
    }
    assert.equal((await reached(stage, "ping")).length, 0);
  }, { policy: ASKING }));

Deno.test("tools that the policy blocks are left out of lists when so wished; the rest of the page stays", () =>
  withGateway(async (client) => {
    await client.initialize();
    const first = await client.ask(1, "tools/list");
    assert.deepEqual([first.result.tools, first.result.nextCursor], [[], "2"]);
    const second = await client.ask(2, "tools/list", { cursor: "2" });
    assert.deepEqual(second.result.tools.map(({ name }: Json) => name), ["ask"]);
  }, { policy: ASKING, args: ["--hide-blocked"], server: ["pages"] }));

const CONFIRMED = `default_verdict: block
rules:
  - name: one
    effect: require_approval
    match: { tool_names: [mcp.s.echo] }
  - name: two
    effect: require_approval
    min_approvals: 2
    match: { tool_names: [mcp.s.read] }
`;

Deno.test("a confirmation through the client counts only when so wished, for one approver, and stands in the trace", async () => {
  const confirm = (client: Client, id: string, allow: boolean) =>
    client.send({ jsonrpc: "2.0", id, result: { action: "accept", content: { allow } } });
  const asked = (client: Client) => client.next(({ method }) => method === "elicitation/create");
  const waiting = ["--approval-wait", "30s", "--no-approval-wait=false"];
  await withGateway(async (client, stage) => {
    await client.initialize();
    for (const [id, allow] of [[1, false], [2, true]] as const) {
      await client.send({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "echo" } });
      await confirm(client, (await asked(client)).id, allow);
      const answer = await client.next((message) => message.id === id);
      assert.equal(answer.result.isError, allow ? undefined : true);
    }
    assert.equal((await reached(stage, "tools/call")).length, 1);
    const traces = (await stage.files()).filter((path) => /traces\/trace_.*json$/.test(path));
    const said = await Promise.all(traces.map(async (path) => JSON.parse(await stage.read(path))));
    assert.deepEqual(
      said.filter(({ mcp_gateway }) => mcp_gateway.client_confirmation === "accepted").map(({ verdict }) =>
        verdict
      ),
      ["require_approval"],
    );
    // Two approvers are not one client.
    await client.send({ jsonrpc: "2.0", id: 3, method: "tools/call", params: { name: "read" } });
    await client.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 3 } });
    await client.ask(4, "ping");
    assert.equal((await reached(stage, "tools/call")).length, 1);
  }, { policy: CONFIRMED, args: ["--elicit-approvals", ...waiting] });
  await withGateway(async (client) => {
    await client.initialize();
    assert.equal((await client.call(1, "echo")).result.isError, true);
  }, { policy: CONFIRMED });
});

Deno.test("a request that was cancelled is forgotten: its id may be used again, its answer goes to nobody", () =>
  withGateway(async (client) => {
    await client.initialize();
    for (let round = 0; round < 3; round++) {
      await client.send({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "slow" } });
      await client.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
    }
    assert.equal((await client.call(1, "echo")).result.isError, undefined);
  }));

Deno.test("a cancelled call that waits for a person does not take away a later one with its id", () =>
  withGateway(async (client) => {
    await client.initialize();
    await client.send({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "read" } });
    await client.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
    await client.send({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "slow" } });
    await client.ask(2, "ping");
    assert.equal((await client.call(1, "slow")).error.code, -32600); // it still waits
  }, {
    policy:
      "default_verdict: allow\nrules: [{ name: r, effect: require_approval, match: { tool_names: [mcp.s.read] } }]\n",
    args: ["--no-approval-wait=false", "--approval-wait", "30s"],
  }));

Deno.test("an approval that is put down lets the same call pass, once", () =>
  onStage(async (stage) => {
    await stage.gait("keys", "init", "--out-dir", "keys");
    await stage.write("policy.yaml", "default_verdict: require_approval\n");
    await stage.write("tools.json", MILD);
    const keys = (await stage.files()).filter((path) => path.startsWith("keys/"));
    const [secret, open] = [
      keys.find((path) => /private/.test(path))!,
      keys.find((path) => /public/.test(path))!,
    ];
    const set = argv`--policy policy.yaml --name s --tools tools.json --approval-public-key ${open}`;
    await withClient(stage, [...set, "--approval-wait", "60s", "--", ...scripted("log")], async (client) => {
      await client.initialize();
      const params = { name: "echo", arguments: { a: 1 }, _meta: { progressToken: 7 } };
      await client.send({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
      // Calls behind it do not wait.
      await client.ask("p", "ping");
      const trace = await untilFile(stage, /traces\/trace_.*\.json$/);
      const approve = [
        "approve",
        "--from-trace",
        trace,
        "--approver",
        "dana",
        "--reason-code",
        "C1",
        "--ttl",
        "10m",
      ];
      const out = [
        ".gait/approvals/a.json",
        "--yes",
        "--single-use",
        "--key-mode",
        "prod",
        "--private-key",
        secret,
      ];
      assert.equal((await stage.gait(...approve, "--out", ...out)).code, 0);
      assert.equal((await client.next(({ id }) => id === 1)).result.isError, undefined);
      assert.deepEqual((await stage.files()).filter((path) => path.startsWith(".gait/approvals")), []);
      // Cancelled while it waits: neither answered nor forwarded.
      await client.send({ jsonrpc: "2.0", id: 2, method: "tools/call", params });
      await client.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 2 } });
      await client.ask("q", "ping");
      assert.equal((await reached(stage, "tools/call")).length, 1);
    });
  }));

/** Wait until a file is there, as an approver would who looks into the folder. */
async function untilFile(stage: Stage, name: RegExp): Promise<string> {
  for (;;) {
    const found = (await stage.files()).find((path) => name.test(path));
    if (found !== undefined) return found;
  }
}

Deno.test("calls that nobody approves do not pile up: the newest are kept, each with its intent", () =>
  withGateway(async (client, stage) => {
    await client.initialize();
    const lines: string[] = [];
    for (let i = 0; i < 12; i++) {
      const { result } = await client.call(i, "echo", { i });
      lines.push(result.content[0].text);
    }
    const intents = (await stage.files()).filter((path) => path.includes("/pending/"));
    assert.equal(intents.length, 3);
    for (const line of lines.slice(-3)) assert.ok(intents.some((path) => line.includes(path)), line);
  }, {
    args: ["--pending-max-count", "3"],
    policy: "default_verdict: require_approval\n",
  }));
