import { Usage } from "@openai/agents";

/** A model that calls tools as scripted, then says what it read last. */
export class Scripted {
  constructor(calls) {
    this.calls = calls;
    this.seen = [];
  }
  async getResponse({ input }) {
    const results = (Array.isArray(input) ? input : []).filter(({ type }) => type === "function_call_result");
    this.seen = results.map(({ output }) =>
      typeof output === "string" ? output : output.text ?? JSON.stringify(output)
    );
    const next = this.calls[results.length];
    const output = next
      ? [{
        type: "function_call",
        callId: `c${results.length}`,
        name: next[0],
        arguments: typeof next[1] === "string" ? next[1] : JSON.stringify(next[1]),
        status: "completed",
      }]
      : [{
        type: "message",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "done" }],
      }];
    return { usage: new Usage(), output, responseId: "r" };
  }
  async *getStreamedResponse() {}
}
