/** What frameworks stream while they run, with the calls that it tells of. */
import type { JsonValue } from "../../formats/json/mod.ts";
import type { LogCase } from "./_log_case.ts";

const streamed = (message: JsonValue) => [message, { langgraph_node: "model" }];
const piece = (id: string, index: number, chunk: Record<string, JsonValue>) => ({
  type: "AIMessageChunk",
  id,
  content: "",
  tool_calls: [{ name: chunk.name ?? "", args: {}, id: chunk.id ?? null }],
  tool_call_chunks: [{ ...chunk, index }],
});

export const STREAM_LOGS: Readonly<Record<string, LogCase>> = {
  "LangGraph: the pieces of a streamed message are one, also where an update repeats it": {
    format: "langchain",
    lines: [
      streamed({ type: "AIMessageChunk", id: "m1", content: "I" }),
      streamed(piece("m1", 0, { id: "c1", name: "pay", args: "" })),
      streamed(piece("m1", 1, { id: "c2", name: "log", args: "" })),
      streamed(piece("m1", 0, { args: '{"cents":1' })),
      streamed(piece("m1", 0, { args: "1}" })),
      ["messages", streamed(piece("m1", 1, { args: "{}" }))],
      {
        model: {
          messages: [{
            type: "ai",
            id: "m1",
            content: "I",
            tool_calls: [
              { name: "pay", args: { cents: 11 }, id: "c1", type: "tool_call" },
              { name: "log", args: {}, id: "c2", type: "tool_call" },
            ],
          }],
        },
      },
      streamed({ type: "tool", id: "m2", content: "paid", tool_call_id: "c1", status: "success" }),
      streamed({ type: "tool", id: "m3", content: "full", tool_call_id: "c2", status: "error" }),
      streamed({ type: "ai", id: "m4", content: "", tool_calls: [{ name: "pay", args: {}, id: "c3" }] }),
    ],
    calls: [
      ["c1", "pay", { cents: 11 }, "ok", { text: "paid" }],
      ["c2", "log", {}, "error", { text: "full" }],
      ["c3", "pay", {}],
    ],
    skipped: [/1 × message that a later step repeats/],
  },
};
