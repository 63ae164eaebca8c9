import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import { Guard } from "@gait/gait";
import { guardServer } from "@gait/gait/mcp";
import { onStage } from "./stage.mjs";

test("MCP SDK: a server's tools are decided, and a refusal is a result with isError", () =>
  onStage(async ({ guard, executed, recorder }) => {
    const server = guardServer(guard, new McpServer({ name: "s", version: "1" }));
    for (const name of ["read_file", "write_file", "burn"]) {
      server.registerTool(name, { description: name, inputSchema: { path: z.string() } }, ({ path }) => {
        executed.push(`${name} ${path}`);
        return { content: [{ type: "text", text: path }] };
      });
    }
    server.registerTool("bare", { description: "takes nothing" }, () => {
      executed.push("bare");
      return { content: [] };
    });
    const client = new Client({ name: "c", version: "1" });
    const [near, far] = InMemoryTransport.createLinkedPair();
    await Promise.all([server.connect(far), client.connect(near)]);
    const call = (name, args) => client.callTool({ name, arguments: args });
    assert.equal((await call("read_file", { path: "/a" })).content[0].text, "/a");
    for (
      const [name, verdict] of [["write_file", "require_approval"], ["burn", "block"], ["bare", "block"]]
    ) {
      const refused = await call(name, { path: "/b" });
      assert.equal(refused.isError, true);
      assert.equal(JSON.parse(refused.content[0].text).verdict, verdict);
    }
    assert.deepEqual(executed, ["read_file /a"]);
    assert.deepEqual(recorder.request().results.map(({ status }) => status), [
      "ok",
      "require_approval",
      "block",
      "block",
    ]);
    assert.throws(() => guardServer(guard, server));
    await client.close();
  }));

/** A client whose user answers with what `answer` makes of the question; without it nobody can be asked. */
async function asked(guard, executed, answer) {
  const server = guardServer(guard, new McpServer({ name: "s", version: "1" }), { elicits: true });
  server.registerTool("write_file", { inputSchema: { path: z.string() } }, ({ path }) => {
    executed.push(path);
    return { content: [{ type: "text", text: path }] };
  });
  const client = new Client({ name: "c", version: "1" }, { capabilities: answer ? { elicitation: {} } : {} });
  if (answer) client.setRequestHandler(ElicitRequestSchema, ({ params }) => answer(params));
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(far), client.connect(near)]);
  const { isError = false } = await client.callTool({ name: "write_file", arguments: { path: "/a" } });
  await client.close();
  return isError;
}

test("MCP SDK: the client is asked for an approval, and a token for this very call alone lets it pass", () =>
  onStage(async ({ gate, executed, approve, context }) => {
    // Without the id of the request, which differs from call to call, so that one token is for all of them.
    const guard = new Guard(gate, { context: { ...context, request_id: "r" } });
    const { refusal } = await guard.decide({ name: "write_file", args: { path: "/a" } });
    const { refusal: other } = await guard.decide({ name: "write_file", args: { path: "/b" } });
    const accept = (approval_token) => () => ({ action: "accept", content: { approval_token } });
    const wrong = [
      undefined,
      () => ({ action: "decline" }),
      accept("yes"),
      accept("{}"),
      accept(JSON.stringify(await approve(other.request))),
      () => {
        throw new Error("gone");
      },
    ];
    for (const answer of wrong) assert.equal(await asked(guard, executed, answer), true);
    assert.deepEqual(executed, []);
    let message;
    const token = JSON.stringify(await approve(refusal.request));
    const right = (params) => {
      message = params.message;
      return accept(token)();
    };
    assert.equal(await asked(guard, executed, right), false);
    assert.deepEqual(executed, ["/a"]);
    assert.ok(message.includes("gait approve "));
  }));
