/** Conversations of chat pages, as their accounts export them, with the calls that they tell of. */
import type { JsonValue } from "../../formats/json/mod.ts";
import type { LogCase } from "./_log_case.ts";

const toTool = (recipient: string, text: string) => ({
  author: { role: "assistant" },
  recipient,
  content: { content_type: "code", text },
});
const ofTool = (name: string, text: string) => ({
  author: { role: "tool", name },
  recipient: "all",
  content: { content_type: "execution_output", text },
});

/** A conversation of ChatGPT in which each message is behind the one before it. */
export const chain = (...messages: JsonValue[]) => ({
  mapping: Object.fromEntries(
    messages.map((message, i) => [`n${i}`, { message, parent: i === 0 ? null : `n${i - 1}`, children: [] }]),
  ),
});
export const output = ofTool("python", "2");

export const ACCOUNT_LOGS: Readonly<Record<string, LogCase>> = {
  "ChatGPT: an answer belongs to the call that it stands behind": {
    format: "chatgpt",
    lines: [chain(toTool("python", "1"), toTool("python", "2"), output)],
    calls: [["n0", "python", { raw: "1" }], ["n1", "python", { raw: "2" }, "ok", { text: "2" }]],
  },
  "ChatGPT: answers in a row belong to calls in a row": {
    format: "chatgpt",
    lines: [chain(
      toTool("python", "1"),
      toTool("web", "2"),
      toTool("python", "3"),
      ofTool("python", "one"),
      ofTool("web", "two"),
      ofTool("python", "three"),
    )],
    calls: [
      ["n0", "python", { raw: "1" }, "ok", { text: "one" }],
      ["n1", "web", { raw: "2" }, "ok", { text: "two" }],
      ["n2", "python", { raw: "3" }, "ok", { text: "three" }],
    ],
  },
};
