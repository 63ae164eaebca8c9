/** The inputs of the measurements of large runs: calls as a log, as the input of `run record`, and their payloads. */

const TOOLS = ["fs.read", "http.get", "db.query", "shell.run"];

const argumentsOf = (i: number) => ({
  path: `/data/${i * 7919 % 100_003}.json`,
  limit: i % 50,
  recursive: i % 3 === 0,
});

const resultOf = (i: number, changed: boolean) => ({
  ok: true,
  rows: i * 31 % 977,
  note: changed && i % 1000 === 0 ? "other" : "read and parsed",
});

/** A log of messages, a line each: a call, then its result. */
export function* logLines(calls: number): Generator<string> {
  for (let i = 1; i <= calls; i++) {
    const id = `call_${i}`;
    const call = {
      id,
      type: "function",
      function: { name: TOOLS[i % 4], arguments: JSON.stringify(argumentsOf(i)) },
    };
    yield JSON.stringify({ role: "assistant", content: null, tool_calls: [call] });
    yield JSON.stringify({ role: "tool", tool_call_id: id, content: JSON.stringify(resultOf(i, false)) });
  }
}

/** The input of `run record`; a changed one has other results here and there. */
export function recordInput(calls: number, changed = false) {
  const ids = Array.from({ length: calls }, (_, i) => i + 1);
  return {
    run: {
      run_id: `run_bench_${changed ? "b" : "a"}`,
      created_at: "2026-01-01T00:00:00Z",
      producer_version: "bench",
      timeline: [],
    },
    intents: ids.map((i) => ({ intent_id: `intent_${i}`, tool_name: TOOLS[i % 4], args: argumentsOf(i) })),
    results: ids.map((i) => ({ intent_id: `intent_${i}`, status: "ok", result: resultOf(i, changed) })),
    capture_mode: "raw",
  };
}
