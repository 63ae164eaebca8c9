import * as testing from "ai/test";

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** A model that calls tools as scripted, then says "done". */
export function scripted(calls, seen) {
  const next = (prompt) => {
    const results = prompt.filter(({ role }) => role === "tool").flatMap(({ content }) => content);
    seen.splice(0, seen.length, ...results.map(({ output }) => output));
    return [results.length, calls[results.length]];
  };
  return new testing.MockLanguageModelV3({
    async doGenerate({ prompt }) {
      const [at, call] = next(prompt);
      return {
        finishReason: { unified: call ? "tool-calls" : "stop", raw: "x" },
        usage,
        warnings: [],
        content: call
          ? [{ type: "tool-call", toolCallId: `c${at}`, toolName: call[0], input: JSON.stringify(call[1]) }]
          : [{ type: "text", text: "done" }],
      };
    },
  });
}
