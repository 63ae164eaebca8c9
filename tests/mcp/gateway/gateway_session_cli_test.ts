/** `gait mcp gateway`: tasks, digests of repeated calls, and what the server is started with (docs/spec/mcp.md 10). */
import assert from "node:assert/strict";
import { onStage, type Stage } from "../../support/gait.ts";
import { type Client, type Json, scripted, withClient } from "./client.ts";

const SETUP = ["--policy", "policy.yaml", "--name", "s", "--tools", "tools.json", "--no-approval-wait"];
const DECISION = "dev.gait/decision";
const MILD = '{"tools": {"*": {"destructive_hint": false}}}';

async function withGateway(
  test: (client: Client, stage: Stage) => Promise<void>,
  { args = [], policy, env = {} }: { args?: string[]; policy: string; env?: Record<string, string> },
): Promise<void> {
  await onStage(async (stage) => {
    await stage.write("policy.yaml", policy);
    await stage.write("tools.json", MILD);
    await withClient(
      stage,
      [...SETUP, ...args, "--", ...scripted("log")],
      (client) => test(client, stage),
      env,
    );
  });
}

async function callsIn(stage: Stage): Promise<Json[]> {
  const lines = (await stage.read("log")).split("\n").filter((line) => line.includes("tools/call"));
  return lines.map((line) => JSON.parse(line));
}

Deno.test("a call as a task is decided before it is forwarded, and its block is an error, for it has no result", () =>
  withGateway(async (client, stage) => {
    await client.initialize();
    const asTask = { task: { ttl: 60_000 } };
    const blocked = await client.call(1, "read", {}, asTask);
    assert.deepEqual([blocked.error.code, blocked.error.data[DECISION].verdict], [-32010, "block"]);
    assert.deepEqual(await callsIn(stage), []);
    const allowed = await client.call(2, "echo", {}, asTask);
    assert.equal(allowed.error, undefined);
    assert.deepEqual((await callsIn(stage)).map(({ params }) => params), [
      { name: "echo", arguments: {}, ...asTask },
    ]);
  }, {
    policy:
      "default_verdict: block\nrules: [{ name: r, effect: allow, match: { tool_names: [mcp.s.echo] } }]\n",
  }));

Deno.test("the digest that an approval is for holds no request id and no progress token, but every argument and a task", () =>
  withGateway(async (client) => {
    await client.initialize();
    let id = 0;
    const digest = async (args: object, more: object = {}) => {
      const answer = await client.call(++id % 2 === 0 ? id : `text ${id}`, "echo", args, more);
      const about = (answer.error?.data ?? answer.result._meta)[DECISION];
      assert.equal(about.verdict, "require_approval");
      return about.intent_digest;
    };
    const first = await digest({ a: 1, b: " x" });
    assert.equal(await digest({ b: " x", a: 1 }), first);
    assert.equal(await digest({ a: 1, b: " x" }, { _meta: { progressToken: "p" } }), first);
    const others = [
      await digest({ a: 1, b: "x" }),
      await digest({ a: 2, b: " x" }),
      await digest({ a: 1, b: " x", c: null }),
      await digest({ a: 1, b: " x" }, { task: {} }),
    ];
    assert.equal(new Set([first, ...others]).size, 5);
  }, { policy: "default_verdict: require_approval\n" }));

Deno.test("the server gets PATH, HOME, LANG, TMPDIR and the variables that --env names, and no other", () =>
  withGateway(async (client) => {
    await client.initialize();
    const { result } = await client.call(1, "environment");
    const names = Object.keys(JSON.parse(result.content[0].text));
    assert.deepEqual(names.filter((name) => !name.startsWith("__")).sort(), [
      "HOME",
      "LANG",
      "PATH",
      "TMPDIR",
      "WANTED",
    ]);
  }, {
    policy: "default_verdict: allow\n",
    args: ["--env", "WANTED,ABSENT"],
    env: { LANG: "C", TMPDIR: "/tmp", WANTED: "1", SECRET: "2", GAIT_TOKEN: "3", NODE_OPTIONS: "" },
  }));

Deno.test("what belongs to a session passes in both directions as it came", () =>
  withGateway(async (client, stage) => {
    await client.initialize();
    await client.send({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "slow" } });
    // Behind the call, so the server has that by then.
    await client.ask(2, "ping");
    const cancelled = '{"jsonrpc":"2.0", "method":"notifications/cancelled","params":{"requestId":1}}';
    await client.write(cancelled + "\n");
    await client.ask(3, "ping");
    assert.ok((await stage.read("log")).split("\n").includes(cancelled));
    const said = await client.call(4, "say");
    assert.equal(said.result.isError, undefined);
    for (const method of ["notifications/message", "notifications/resources/updated"]) {
      assert.ok(await client.next((message) => message.method === method), method);
    }
    const asked = await client.next(({ method }) => method === "roots/list");
    const answer = `{"jsonrpc":"2.0", "id":${JSON.stringify(asked.id)},"result":{"roots":[]}}`;
    await client.write(answer + "\n");
    await client.ask(5, "ping");
    assert.ok((await stage.read("log")).split("\n").includes(answer));
  }, { policy: "default_verdict: allow\n" }));
