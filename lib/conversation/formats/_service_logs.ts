/** Logs of services and recorders of HTTP, with the calls that they tell of. */
import type { JsonValue } from "../../formats/json/mod.ts";
import type { LogCase } from "./_log_case.ts";

const S = "2026-01-02T03:04:05Z";
export const asked = (...contents: JsonValue[]) => ({
  contents: [{ role: "user", parts: [{ text: "go" }] }, ...contents],
});
export const model = (...parts: JsonValue[]) => ({ role: "model", parts });
export const pay = (cents: number) => ({ functionCall: { name: "pay", args: { cents } } });
export const paid = (note: string) => ({
  role: "user",
  parts: [{ functionResponse: { name: "pay", response: { result: note } } }],
});
export const answered = (...parts: JsonValue[]) => ({ candidates: [{ content: model(...parts) }] });
const chat = { messages: [{ role: "user", content: "pay" }] };
const chatAnswer = {
  choices: [{
    message: { role: "assistant", tool_calls: [{ id: "c1", function: { name: "pay", arguments: "{}" } }] },
  }],
};
const step = (more: Record<string, JsonValue>) => ({ object: "thread.run.step", thread_id: "t", ...more });
const toolStep = (status: string, ...calls: JsonValue[]) =>
  step({ status, step_details: { type: "tool_calls", tool_calls: calls } });

export const SERVICE_LOGS: Readonly<Record<string, LogCase>> = {
  "Assistants: steps in the order of their creation, the last state of each": {
    format: "assistants",
    lines: [
      { event: "thread.run.step.in_progress", data: { ...toolStep("in_progress"), id: "s2", created_at: 2 } },
      {
        ...toolStep("failed", {
          id: "c2",
          type: "code_interpreter",
          code_interpreter: { input: "1/0", outputs: [] },
        }),
        id: "s2",
        created_at: 2,
        last_error: { code: "server_error", message: "down" },
      },
      {
        ...toolStep("completed", {
          id: "c1",
          type: "code_interpreter",
          code_interpreter: { input: "1", outputs: [{ type: "logs", logs: "1" }] },
        }),
        id: "s1",
        created_at: 1,
      },
      {
        object: "thread.run",
        thread_id: "t",
        id: "r",
        required_action: {
          submit_tool_outputs: {
            tool_calls: [{ id: "c3", type: "function", function: { name: "pay", arguments: "{}" } }],
          },
        },
      },
    ],
    calls: [
      ["c1", "code_interpreter", { input: "1" }, "ok", { text: "1" }],
      ["c2", "code_interpreter", { input: "1/0" }, "error", { code: "server_error", message: "down" }],
      ["c3", "pay", {}],
    ],
  },
  "Realtime: an interrupted call is listed, a call of an MCP server has its result": {
    format: "realtime",
    lines: [
      { type: "session.created", session: { object: "realtime.session" } },
      {
        type: "response.done",
        response: {
          object: "realtime.response",
          output: [{
            type: "function_call",
            call_id: "c1",
            name: "pay",
            arguments: '{"a',
            status: "incomplete",
          }],
        },
      },
      {
        direction: "in",
        event: {
          type: "response.output_item.done",
          item: {
            type: "mcp_call",
            id: "m1",
            name: "log",
            arguments: "{}",
            output: null,
            error: { code: 1 },
          },
        },
      },
    ],
    calls: [["m1", "log", {}, "error", { code: 1 }]],
    skipped: [/not completed by the model/],
  },
  "Gemini: a history without ids is known by what came before, and a call that is made again is another": {
    format: "exchanges",
    lines: [
      { request: asked(), response: answered(pay(5)) },
      { request: asked(model(pay(5)), paid("one")), response: answered(pay(5)) },
      {
        request: asked(model(pay(5)), paid("one"), model(pay(5)), paid("two")),
        response: answered({ text: "done" }),
      },
      { request: asked(), response: answered(pay(5)) },
      { request: asked(model(pay(5)), paid("three")), response: [answered(pay(6)), answered(pay(7))] },
    ],
    calls: [
      [undefined, "pay", { cents: 5 }, "ok", { result: "one" }],
      [undefined, "pay", { cents: 5 }, "ok", { result: "two" }],
      [undefined, "pay", { cents: 5 }, "ok", { result: "three" }],
      [undefined, "pay", { cents: 6 }],
      [undefined, "pay", { cents: 7 }],
    ],
    skipped: [/5 × call or answer that a request repeats/],
  },
  "Bedrock: requests and answers of Converse": {
    format: "exchanges",
    lines: [
      {
        request: { messages: [] },
        response: {
          output: {
            message: {
              role: "assistant",
              content: [{ toolUse: { toolUseId: "c1", name: "pay", input: {} } }],
            },
          },
          stopReason: "tool_use",
        },
      },
      {
        request: {
          messages: [
            { role: "assistant", content: [{ toolUse: { toolUseId: "c1", name: "pay", input: {} } }] },
            {
              role: "user",
              content: [{ toolResult: { toolUseId: "c1", status: "error", content: [{ text: "no" }] } }],
            },
          ],
        },
        response: {
          output: { message: { role: "assistant", content: [{ text: "sorry" }] } },
          stopReason: "end_turn",
        },
      },
    ],
    calls: [["c1", "pay", {}, "error", { text: "no" }]],
  },
  "an HTTP archive: what is not about a model is counted": {
    format: "exchanges",
    lines: [{
      log: {
        version: "1.2",
        entries: [
          { startedDateTime: S, request: { method: "GET" }, response: { content: { text: "<html>" } } },
          {
            startedDateTime: S,
            request: { postData: { text: JSON.stringify(chat) } },
            response: {
              content: {
                encoding: "base64",
                text: btoa(JSON.stringify(chatAnswer)).replaceAll(/(.{60})/g, "$1\n"),
              },
            },
          },
        ],
      },
    }],
    calls: [["c1", "pay", {}]],
    skipped: [/1 × entry that is no exchange/],
    start: S,
  },
  "a cassette": {
    format: "exchanges",
    lines: [{
      version: 1,
      interactions: [{
        request: { body: JSON.stringify(chat), uri: "x" },
        response: { body: { string: JSON.stringify(chatAnswer) } },
      }],
    }],
    calls: [["c1", "pay", {}]],
  },
  "Helicone and LiteLLM": {
    format: "exchanges",
    lines: [
      { request_body: chat, response_body: chatAnswer, request_created_at: S },
      {
        call_type: "completion",
        ...chat,
        response: {
          choices: [{
            message: {
              role: "assistant",
              tool_calls: [{ id: "c2", function: { name: "log", arguments: "{}" } }],
            },
          }],
        },
      },
    ],
    calls: [["c1", "pay", {}], ["c2", "log", {}]],
    start: S,
  },
};
