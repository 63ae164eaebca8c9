/** `gait mcp gateway` over standard input and output (docs/spec/mcp.md 10). */
import assert from "node:assert/strict";
import { onStage, type Stage } from "../../support/gait.ts";
import { type Client, type Json, scripted, withClient } from "./client.ts";

const POLICY = `default_verdict: block
rules:
  - name: reads
    effect: allow
    match: { tool_names: [mcp.s.echo, mcp.s.read, mcp.s.slow, mcp.s.die, mcp.s.ask, mcp.s.progress] }
  - name: removals
    effect: require_approval
    match: { tool_names: [mcp.s.remove] }
`;

const SETUP = ["--policy", "policy.yaml", "--name", "s", "--tools", "tools.json"];

/** None of the tools destroys anything. */
const TOOLS = '{"tools": {"*": {"destructive_hint": false}}}';

async function withGateway(
  test: (client: Client, stage: Stage) => Promise<void>,
  { args = [], server = [], policy = POLICY }: { args?: string[]; server?: string[]; policy?: string } = {},
): Promise<void> {
  await onStage(async (stage) => {
    await stage.write("policy.yaml", policy);
    await stage.write("tools.json", TOOLS);
    const line = [...SETUP, ...args, "--", ...scripted("log", ...server)];
    await withClient(stage, line, (client) => test(client, stage));
  });
}

/** Make a session from its start to its end, and look at what it left. */
async function afterSession(
  use: (client: Client) => Promise<unknown>,
  look: (stage: Stage) => Promise<void>,
): Promise<void> {
  await withGateway(async (client, stage) => {
    await client.initialize();
    await use(client);
    assert.equal(await client.close(), 0);
    await look(stage);
  });
}

const decisionOf = (answer: Json) => answer.result._meta["dev.gait/decision"];

Deno.test("an allowed call reaches the server byte for byte, and its trace was written before", () =>
  withGateway(async (client, stage) => {
    await client.initialize();
    const line =
      '{"jsonrpc":"2.0", "id":7,"method":"tools/call","params":{"name":"echo","arguments":{"n":9007199254740993, "t":" x"}}}';
    await client.write(line + "\n");
    const answer = await client.next(({ id }) => id === 7);
    assert.equal(answer.result.isError, undefined);
    assert.ok((await stage.read("log")).split("\n").includes(line));
    const traces = (await stage.files()).filter((path) => /traces\/trace_.*json$/.test(path));
    assert.equal(traces.length, 1);
    const trace = JSON.parse(await stage.read(traces[0]!));
    assert.deepEqual([trace.tool_name, trace.verdict, trace.mcp_gateway.name], [
      "mcp.s.echo",
      "allow",
      "echo",
    ]);
  }));

Deno.test("a blocked call is a tool result that a model can react to, and reaches no server", () =>
  withGateway(async (client, stage) => {
    await client.initialize();
    const answer = await client.call(1, "elicit");
    assert.equal(answer.result.isError, true);
    assert.equal(answer.result.structuredContent, undefined);
    assert.equal(answer.result.resultType, undefined);
    assert.equal(decisionOf(answer).verdict, "block");
    assert.match(answer.result.content[0].text, /default_block|no_rule|matched/);
    assert.doesNotMatch(await stage.read("log"), /tools\/call/);
  }));

Deno.test("everything else passes both ways: lists, ping, progress, ids of any kind", () =>
  withGateway(async (client) => {
    const init = await client.initialize();
    assert.equal(init.result.serverInfo.name, "scripted");
    assert.equal((await client.ask("a", "tools/list")).result.tools.length, 10);
    assert.deepEqual((await client.ask(-5, "ping")).result, {});
    await client.call("p", "progress", {}, { _meta: { progressToken: "tok" } });
    const progress = await client.next(({ method }) => method === "notifications/progress");
    assert.equal(progress.params.progressToken, "tok");
  }));

Deno.test("a session ends with a runpack and a pack of all its calls, which verify", () =>
  afterSession(async (client) => {
    await client.call(1, "echo", { a: 1 });
    await client.call(2, "elicit");
  }, async (stage) => {
    const files = await stage.files();
    const pack = files.find((path) => path.includes("/packs/"))!;
    const runpack = files.find((path) => path.includes("/runpacks/"))!;
    assert.equal((await stage.gait("pack", "verify", pack, "--json")).json.ok, true);
    assert.equal((await stage.gait("verify", runpack, "--json")).json.ok, true);
    const { json } = await stage.gait("pack", "inspect", pack, "--json");
    assert.equal(json.inspect.run_payload.intents_count, 2);
    assert.deepEqual(files.filter((path) => path.includes("/sessions/")), []);
  }));

Deno.test("a probe that decides nothing leaves neither log nor pack", () =>
  afterSession((client) => client.ask(1, "tools/list"), async (stage) => {
    assert.deepEqual((await stage.files()).filter((path) => path.startsWith("gait-out/")), []);
  }));

Deno.test("the death of the server answers whoever waits", () =>
  withGateway(async (client) => {
    await client.initialize();
    await client.send({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "slow" } });
    await client.send({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "die" } });
    const answers = [await client.next(({ id }) => id === 1), await client.next(({ id }) => id === 2)];
    assert.deepEqual(answers.map(({ error }) => error.code), [-32603, -32603]);
    assert.equal(await client.close(), 1);
  }));

Deno.test("a call that needs an approval says how to approve it", () =>
  withGateway(async (client) => {
    await client.initialize();
    const answer = await client.call(1, "remove");
    assert.equal(decisionOf(answer).verdict, "require_approval");
    assert.match(answer.result.content[0].text, /gait approve --from-trace \S+trace_/);
  }, { args: ["--no-approval-wait"] }));

Deno.test("the line that a stopped call gives approves it, destructive or not, and shows the person what it is", () =>
  onStage(async (stage) => {
    await stage.gait("keys", "init", "--out-dir", "keys");
    await stage.write("policy.yaml", "default_verdict: require_approval\n");
    const set = ["--policy", "policy.yaml", "--name", "s", "--no-approval-wait"];
    const open = ["--approval-public-key", "keys/gait_public.key"];
    await withClient(stage, [...set, ...open, "--", ...scripted("log")], async (client) => {
      await client.initialize();
      const given: [string, Json][] = [
        ["remove", { path: "/srv/a b", n: 1 }],
        ["echo", { text: " blanks ", list: [1, 2.5, "x"] }],
      ];
      for (const [name, args] of given) {
        const stopped = await client.call(`${name} 1`, name, args);
        const [command] = /gait approve .*/.exec(stopped.result.content[0].text)!;
        const words = command.replace("<you>", "dana").replace("<why>", "C1")
          .replace("<private.key>", "keys/gait_private.key").replace(/\.$/, "").split(" ").slice(1);
        const intent = words[words.indexOf("--intent") + 1]!;
        assert.deepEqual(JSON.parse(await stage.read(intent)).args, args);
        const mode = (await Deno.stat(stage.path(intent))).mode;
        if (Deno.build.os !== "windows") assert.equal(mode! & 0o777, 0o600);
        const approved = await stage.gait(...words, "--yes", "--json");
        assert.equal(approved.code, 0, approved.stderr);
        assert.equal((await client.call(`${name} 2`, name, args)).result.isError, undefined);
        // Once, and then nothing of the call is kept.
        assert.ok(!(await stage.files()).includes(intent));
        assert.equal((await client.call(`${name} 3`, name, args)).result.isError, true);
      }
    });
  }));

Deno.test("a gateway whose --name the policy does not know says which names it knows", () =>
  onStage(async ({ gaitWith, write }) => {
    const rule = "rules: [{name: r, effect: allow, match: {tool_names: [mcp.fs.read]}}]\n";
    await write("policy.yaml", `default_verdict: block\n${rule}`);
    const start = (...name: string[]) =>
      gaitWith({ stdin: "" }, "mcp", "gateway", "--policy", "policy.yaml", ...name, "--", "cat");
    assert.match((await start()).stderr, /warning: no rule names a tool of mcp\.server; .*--name fs meant/);
    assert.doesNotMatch((await start("--name", "fs")).stderr, /no rule names/);
  }));
