import assert from "node:assert/strict";
import { test } from "node:test";
import { generateText, isStepCount, stepCountIs, tool } from "ai";
import { z } from "zod";
import { guardTools } from "@gait/gait/ai-sdk";
import { scripted } from "./models/ai_sdk.mjs";
import { onStage } from "./stage.mjs";

const stop = (isStepCount ?? stepCountIs)(5);
function toolsOf(guard, executed) {
  const make = (name) =>
    tool({
      description: name,
      inputSchema: z.object({ path: z.string() }),
      execute: async ({ path }) => {
        executed.push(`${name} ${path}`);
        return { content: path };
      },
    });
  return guardTools(guard, {
    read_file: make("read_file"),
    write_file: make("write_file"),
    burn: make("burn"),
  });
}

test("AI SDK: an allowed call runs, a blocked one gives the model a refusal, and the text comes", () =>
  onStage(async ({ guard, executed, recorder }) => {
    const seen = [];
    const model = scripted([["read_file", { path: "/a" }], ["burn", { path: "/b" }]], seen);
    const { text } = await generateText({
      model,
      tools: toolsOf(guard, executed),
      prompt: "go",
      stopWhen: stop,
    });
    assert.equal(text, "done");
    assert.deepEqual(executed, ["read_file /a"]);
    assert.equal(seen[1].value.verdict, "block");
    assert.deepEqual(recorder.request().results.map(({ status }) => status), ["ok", "block"]);
  }));

test("AI SDK: a call that needs an approval asks for one, and a token lets it pass", () =>
  onStage(async ({ guard, executed, approve }) => {
    const seen = [];
    const tools = toolsOf(guard, executed);
    const model = scripted([["write_file", { path: "/a" }]], seen);
    const ask = { role: "user", content: "go" };
    const first = await generateText({ model, tools, messages: [ask], stopWhen: stop });
    const request = first.content.find(({ type }) => type === "tool-approval-request");
    assert.ok(request, JSON.stringify(first.content));
    assert.deepEqual(executed, []);
    const answered = [ask, ...first.response.messages, {
      role: "tool",
      content: [{ type: "tool-approval-response", approvalId: request.approvalId, approved: true }],
    }];
    // Approved in the framework alone: the gate still refuses.
    await generateText({ model, tools, messages: answered, stopWhen: stop });
    assert.deepEqual(executed, []);
    const { refusal } = await guard.decide({ name: "write_file", args: { path: "/a" }, callId: "c0" });
    guard.grant(await approve(refusal.request));
    const { text } = await generateText({ model, tools, messages: answered, stopWhen: stop });
    assert.equal(text, "done");
    assert.deepEqual(executed, ["write_file /a"]);
  }));
