import * as testing from "ai/test";

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};
const Mock = testing.MockLanguageModelV4 ?? testing.MockLanguageModelV3;

/** A model that calls tools as scripted, as often as there are results of them, then says "done". */
export function scripted(calls, seen) {
  return new Mock({
    async doGenerate({ prompt }) {
      const results = prompt.filter(({ role }) => role === "tool").flatMap(({ content }) => content)
        .filter(({ type }) => type === "tool-result");
      seen.splice(0, seen.length, ...results.map(({ output }) => output));
      const next = calls[results.length];
      return {
        finishReason: next ? { unified: "tool-calls", raw: "x" } : { unified: "stop", raw: "x" },
        usage,
        warnings: [],
        content: next
          ? [{
            type: "tool-call",
            toolCallId: `c${results.length}`,
            toolName: next[0],
            input: JSON.stringify(next[1]),
          }]
          : [{ type: "text", text: "done" }],
      };
    },
  });
}
