import assert from "node:assert/strict";
import { test } from "node:test";
import { Mastra } from "@mastra/core";
import { Agent } from "@mastra/core/agent";
import { InMemoryStore } from "@mastra/core/storage";
import { createTool } from "@mastra/core/tools";
import { z } from "zod";
import { guardTools } from "@gait/gait/mastra";
import { scripted } from "./models/mastra.mjs";
import { onStage } from "./stage.mjs";

const make = (executed) => (id) =>
  createTool({
    id,
    description: id,
    inputSchema: z.object({ path: z.string() }),
    execute: async ({ path }) => {
      executed.push(`${id} ${path}`);
      return { content: path };
    },
  });

test("Mastra: an allowed call runs, a blocked one gives the model a refusal, and the agent goes on", () =>
  onStage(async ({ guard, executed, recorder }) => {
    const [read_file, burn] = ["read_file", "burn"].map(make(executed));
    const tools = guardTools(guard, { read_file, burn });
    const seen = [];
    const model = scripted([["read_file", { path: "/a" }], ["burn", { path: "/b" }]], seen);
    const agent = new Agent({ id: "a", name: "a", instructions: "x", model, tools });
    const { text } = await agent.generate("go", { maxSteps: 5 });
    assert.equal(text, "done");
    assert.deepEqual(executed, ["read_file /a"]);
    assert.equal(seen[1].value.verdict, "block");
    assert.deepEqual(recorder.request().results.map(({ status }) => status), ["ok", "block"]);
  }));

test("Mastra: a call that needs an approval suspends its tool, and a token alone lets it pass", () =>
  onStage(async ({ guard, executed, approve }) => {
    const { write_file } = guardTools(guard, { write_file: make(executed)("write_file") }, {
      interrupts: true,
    });
    const suspended = [];
    const context = { agent: { toolCallId: "c0", suspend: async (request) => void suspended.push(request) } };
    await write_file.execute({ path: "/a" }, context);
    assert.deepEqual([suspended[0].kind, executed], ["gait_approval", []]);
    const resumed = (resumeData) =>
      write_file.execute({ path: "/a" }, { agent: { ...context.agent, resumeData } });
    assert.equal((await resumed({ approved: true }))?.verdict, undefined);
    assert.deepEqual(executed, []);
    await resumed(await approve(suspended[0]));
    assert.deepEqual(executed, ["write_file /a"]);
  }));

test("Mastra: the agent's own run is suspended, a click leaves it so, and the token lets the call pass", () =>
  onStage(async ({ guard, executed, approve, recorder }) => {
    const tools = guardTools(guard, { write_file: make(executed)("write_file") }, { interrupts: true });
    const model = scripted([["write_file", { path: "/a" }]], []);
    const agent = new Agent({ id: "a", name: "a", instructions: "x", model, tools });
    new Mastra({ agents: { agent }, storage: new InMemoryStore(), logger: false });
    const { finishReason, runId, suspendPayload } = await agent.generate("go", { maxSteps: 5 });
    assert.deepEqual([finishReason, executed], ["suspended", []]);
    const { toolCallId, suspendPayload: request } = suspendPayload;
    assert.deepEqual([request.kind, request.toolName], ["gait_approval", "write_file"]);
    const clicked = await agent.resumeGenerate({ approved: true }, { runId, toolCallId });
    assert.deepEqual([clicked.finishReason, executed], ["suspended", []]);
    const { text } = await agent.resumeGenerate(await approve(request), { runId, toolCallId });
    assert.equal(text, "done");
    assert.deepEqual(executed, ["write_file /a"]);
    assert.equal(recorder.request().results.at(-1).status, "ok");
  }));
