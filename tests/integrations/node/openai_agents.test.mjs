import assert from "node:assert/strict";
import { test } from "node:test";
import { Agent, Runner, setTracingDisabled, tool } from "@openai/agents";
import { z } from "zod";
import { guardTools } from "@gait/gait/openai-agents";
import { Scripted } from "./models/openai_agents.mjs";
import { onStage } from "./stage.mjs";

setTracingDisabled(true);

function agentOf(guard, executed, model) {
  const make = (name) =>
    tool({
      name,
      description: name,
      parameters: z.object({ path: z.string() }),
      execute: ({ path }) => {
        executed.push(`${name} ${path}`);
        return `content of ${path}`;
      },
    });
  const tools = guardTools(guard, ["read_file", "write_file", "burn"].map(make));
  return new Agent({ name: "a", instructions: "x", model, tools });
}

test("OpenAI Agents: an allowed call runs, a blocked one gives the model a refusal, and the run goes on", () =>
  onStage(async ({ guard, executed, recorder }) => {
    const model = new Scripted([["read_file", { path: "/a" }], ["burn", { path: "/b" }]]);
    const result = await new Runner().run(agentOf(guard, executed, model), "go");
    assert.equal(result.finalOutput, "done");
    assert.deepEqual(executed, ["read_file /a"]);
    assert.equal(JSON.parse(model.seen[1]).verdict, "block");
    assert.deepEqual(recorder.request().results.map(({ status }) => status), ["ok", "block"]);
  }));

test("OpenAI Agents: a call that needs an approval interrupts the run, and a token lets it pass", () =>
  onStage(async ({ guard, executed, approve }) => {
    const model = new Scripted([["write_file", { path: "/a" }]]);
    const agent = agentOf(guard, executed, model);
    const stopped = await new Runner().run(agent, "go");
    assert.equal(stopped.interruptions.length, 1);
    // Approved in the framework alone: the gate still refuses.
    stopped.state.approve(stopped.interruptions[0]);
    const bare = await new Runner().run(agent, stopped.state);
    assert.equal(bare.finalOutput, "done");
    assert.equal(JSON.parse(model.seen[0]).verdict, "require_approval");
    assert.deepEqual(executed, []);
    const again = await new Runner().run(agent, "go");
    const { refusal } = await guard.decide({ name: "write_file", args: { path: "/a" }, callId: "c0" });
    guard.grant(await approve(refusal.request));
    again.state.approve(again.interruptions[0]);
    await new Runner().run(agent, again.state);
    assert.deepEqual(executed, ["write_file /a"]);
  }));

test("OpenAI Agents: hosted tools are refused", () =>
  onStage(async ({ guard }) => {
    assert.throws(() => guardTools(guard, [{ type: "hosted_tool", name: "web_search" }]));
    await guard.decide({ name: "read_file", args: {} });
  }));
