import assert from "node:assert/strict";
import { test } from "node:test";
import { ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { Command, interrupt, MemorySaver } from "@langchain/langgraph";
import { createAgent, createMiddleware } from "langchain";
import { z } from "zod";
import { gaitMiddleware } from "@gait/gait/langchain";
import { Scripted } from "./models/langchain.mjs";
import { onStage } from "./stage.mjs";

function agentOf(guard, executed, calls, parts) {
  const make = (name) =>
    tool(({ path }) => {
      executed.push(`${name} ${path}`);
      return `content of ${path}`;
    }, { name, description: name, schema: z.object({ path: z.string() }) });
  return createAgent({
    model: new Scripted(calls),
    tools: ["read_file", "write_file", "burn"].map(make),
    middleware: [gaitMiddleware(guard, { createMiddleware, ToolMessage, ...parts })],
    checkpointer: new MemorySaver(),
  });
}
const thread = (id) => ({ configurable: { thread_id: id } });
const go = { messages: [{ role: "user", content: "go" }] };

test("LangChain: an allowed call runs, a blocked one gives the model a tool message, and the agent goes on", () =>
  onStage(async ({ guard, executed, recorder }) => {
    const agent = agentOf(guard, executed, [["read_file", { path: "/a" }], ["burn", { path: "/b" }]], {});
    const { messages } = await agent.invoke(go, thread("1"));
    assert.equal(messages.at(-1).content, "done");
    assert.deepEqual(executed, ["read_file /a"]);
    const refused = messages.find(({ tool_call_id: id }) => id === "c1");
    assert.deepEqual([refused.status, JSON.parse(refused.content).verdict], ["error", "block"]);
    assert.deepEqual(recorder.request().results.map(({ status }) => status), ["ok", "block"]);
  }));

test("LangChain: a call that needs an approval interrupts the graph, and a token alone lets it pass", () =>
  onStage(async ({ guard, executed, approve }) => {
    const agent = agentOf(guard, executed, [["write_file", { path: "/a" }]], { interrupt });
    const stopped = await agent.invoke(go, thread("1"));
    const request = stopped.__interrupt__[0].value;
    assert.deepEqual([request.kind, request.toolName], ["gait_approval", "write_file"]);
    const done = await agent.invoke(new Command({ resume: await approve(request) }), thread("1"));
    assert.equal(done.messages.at(-1).content, "done");
    assert.deepEqual(executed, ["write_file /a"]);
    await agent.invoke(go, thread("2"));
    await agent.invoke(new Command({ resume: "yes" }), thread("2"));
    assert.deepEqual(executed, ["write_file /a"]);
  }));
