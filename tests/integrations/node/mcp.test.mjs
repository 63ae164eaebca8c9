import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
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
