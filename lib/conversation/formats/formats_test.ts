import assert from "node:assert/strict";
import * as fc from "fast-check";
import { GaitError } from "../../errors/mod.ts";
import { isJsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { readRoots } from "../input.ts";
import { FORMATS } from "../transcript.ts";
import { EXPORT_SAMPLES } from "./_export_samples.ts";
import type { SampleCase } from "./_log_case.ts";
import { detectFormat, READERS } from "./table.ts";

const folder = new URL("../../../testdata/conversations/formats/", import.meta.url);
const rootsOf = (name: string) => readRoots(Deno.readFileSync(new URL(name, folder)), name);

const big = "12345678901234567890";

const CASES: Readonly<Record<string, SampleCase>> = {
  ...EXPORT_SAMPLES,
  "claude_code.jsonl": {
    format: "claude-code",
    runs: [[
      ["Bash", { command: "make test" }, "error", { text: "1 failed" }],
      ["Read", { file_path: "a.py", id: big }, "ok", { text: "x = 1" }],
    ]],
    skipped: [/^line "u4" again/, /summary/, /snapshot/],
  },
  "claude_stream.jsonl": {
    format: "claude-code",
    runs: [[["Bash", { command: "ls" }, "ok", { text: "a.py" }]]],
    skipped: [/not completed/],
  },
  "answers.jsonl": {
    format: "answers",
    runs: [[
      ["pay", { cents: 5 }, "ok", { paid: true }],
      ["pay", { cents: big }],
      ["delete_repo", { repo: "old" }, "error", { text: "forbidden" }],
      ["pay", { cents: 7 }, "error", { text: "no" }],
    ]],
    skipped: [/to choose from/, /"msg_1" again/],
  },
  "answers_streamed.jsonl": {
    format: "answers",
    runs: [[["pay", { cents: 5 }], ["log", {}], ["pay", { cents: 6 }], ["pay", { cents: 7 }]]],
    skipped: [/broke off/],
  },
  "gemini.json": {
    format: "gemini",
    runs: [[
      ["pay", { cents: 5 }, "ok", { paid: true }],
      ["pay", { cents: 6 }, "error", { error: "no money" }],
      ["code_execution", { language: "PYTHON", code: "1/0" }, "error", {
        outcome: "OUTCOME_FAILED",
        output: "ZeroDivisionError",
      }],
    ]],
  },
  "gemini_answers.jsonl": {
    format: "gemini",
    runs: [[["pay", { cents: 5 }, "ok", { output: "ok" }]]],
    skipped: [/to choose from/],
  },
  "bedrock.json": {
    format: "bedrock",
    runs: [[["pay", { cents: 5 }, "ok", { paid: true }], ["pay", { cents: 6 }, "error", {
      text: "no money",
    }]]],
  },
  "bedrock_streamed.jsonl": {
    format: "bedrock",
    runs: [[["pay", { cents: 4 }], ["pay", { cents: 5 }]]],
    skipped: [/not completed/],
  },
  "codex.jsonl": {
    format: "codex",
    runs: [[
      ["shell", { command: ["make"] }, "error", { output: "failed", metadata: { exit_code: 2 } }],
      ["apply_patch", { raw: "*** Begin Patch" }, "ok", { output: "Success", metadata: { exit_code: 0 } }],
      ["web_search", { type: "search", query: "x" }, "ok", { status: "completed" }],
    ]],
    skipped: [/2 × line of type "event_msg"/],
  },
  "codex_exec.jsonl": {
    format: "codex",
    runs: [[
      ["command_execution", { command: "ls" }, "ok", { output: "a.py", exit_code: 0 }],
      ["mcp__forge__delete_repo", { repo: "old" }, "error", { message: "forbidden" }],
      ["command_execution", { command: "sleep 9" }],
    ]],
  },
  "gemini_cli.json": {
    format: "gemini-cli",
    runs: [[
      ["read_file", { path: "a" }, "ok", { output: "x" }],
      ["run_shell_command", { command: "rm a" }, "error", { status: "cancelled" }],
    ]],
  },
  "langfuse.json": {
    format: "langfuse",
    runs: [[["pay", { cents: 5 }, "ok", { paid: true }], ["pay", { cents: 6 }, "error", {
      text: "no money",
    }]]],
    skipped: [/2 of 4 spans call no tool/],
  },
  "langfuse.csv": {
    format: "langfuse",
    runs: [[["pay", { cents: 5 }, "ok", { paid: true }]]],
  },
  "langsmith.csv": {
    format: "langsmith",
    runs: [[
      ["pay", { cents: 5 }, "ok", { paid: true }],
      ["pay", { cents: 6 }, "error", { text: "ValueError('no money')" }],
    ]],
  },
  "atif.json": { format: "atif", runs: [[["pay", { cents: 5 }, "ok", { text: "ok" }]]] },
  "openhands.json": {
    format: "openhands",
    runs: [[["execute_bash", { command: "ls" }, "error", { text: "no such file" }]]],
    skipped: [/action "run" of "user"/, /no zone/],
  },
  "langchain.json": {
    format: "langchain",
    runs: [[["pay", { cents: 5 }, "error", { text: "no money" }], ["log", {}, "ok", { n: 1 }]]],
  },
  "vercel.json": {
    format: "vercel",
    runs: [[
      ["pay", { cents: 5 }, "error", { text: "no money" }],
      ["log", { a: 1 }, "ok", { n: 1 }],
      ["log", {}, "ok", { text: "ok" }],
    ]],
    skipped: [/not completed/],
  },
  "autogen.json": { format: "autogen", runs: [[["pay", { cents: 5 }, "error", { text: "no" }]]] },
  "mcp.jsonl": {
    format: "mcp",
    runs: [[
      ["pay", { cents: 5 }, "ok", { content: [{ type: "text", text: "ok" }], isError: false }],
      ["log", {}, "error", { code: -32602, message: "unknown tool" }],
    ]],
    skipped: [/initialize/],
  },
  "tau_bench.json": {
    format: "tau-bench",
    runs: [
      [["get_order", { id: "#W1" }, "ok", { text: "Error: order not found" }]],
      [["get_user", { id: "u1" }, "ok", { name: "Ann" }]],
    ],
  },
  "tau2_bench.json": {
    format: "tau-bench",
    runs: [
      [["refuel", { gb: 2 }, "error", { text: "no line" }], ["log", {}, "ok", { text: "ok" }]],
      [],
    ],
    skipped: [/2 × .*simulated user/, /no messages/],
  },
  "inspect.json": {
    format: "inspect",
    runs: [[["web_search", { query: "x" }, "ok", { text: "[]" }], ["bash", { cmd: "ls" }, "error", {
      text: "timed out",
    }]]],
  },
  "mini_swe_agent.json": {
    format: "mini-swe-agent",
    runs: [[
      ["bash", { command: "ls -l" }, "error", {
        text: "<returncode>2</returncode>\n<output>\nno\n</output>",
      }],
      ["bash", { command: "cat <<X\na\nX" }, "ok", {
        text: "<returncode>0</returncode>\n<output>\na\n</output>",
      }],
    ]],
    skipped: [/several commands/],
  },
  "mini_swe_agent_2.json": {
    format: "mini-swe-agent",
    runs: [[["bash", { command: "ls" }, "ok", { text: "a.py" }], ["bash", { command: "make" }, "error", {
      text: "failed",
    }]]],
  },
  "swe_agent.traj": {
    format: "swe-agent",
    runs: [[["bash", { command: "ls" }, "ok", { text: "a.py" }], ["bash", { command: "submit" }, "ok", {
      text: "",
    }]]],
    skipped: [/without an action/],
  },
  "bfcl.jsonl": {
    format: "bfcl",
    runs: [[["area", { base: 10, height: 5 }]], [["cd", { folder: "a" }], ["ls", {}], ["rm", {
      file_name: "x",
    }]]],
  },
  "crewai.jsonl": {
    format: "crewai",
    runs: [[
      ["pay", { cents: 5 }, "ok", { text: "paid" }],
      ["pay", { cents: 6 }, "error", { text: "no money" }],
      ["log", {}, "ok", { text: "ok" }],
    ]],
    skipped: [/crew_kickoff_started/],
  },
  "openai_agents.json": {
    format: "openai-agents",
    runs: [[
      ["pay", { cents: 5 }, "ok", { text: "paid" }],
      ["web_search_call", { action: { query: "x" } }, "ok", { status: "completed" }],
      ["transfer_to_billing", {}],
    ]],
    skipped: [/tool_approval_item/],
  },
  "exchanges.jsonl": {
    format: "exchanges",
    runs: [[
      ["log", { n: 0 }, "ok", { text: "ok" }],
      ["log", { n: 1 }, "error", { text: "no" }],
      ["pay", { cents: 5 }, "ok", { text: "paid" }],
    ]],
    skipped: [/response without an answer/],
  },
  "stream.sse": { format: "answers", runs: [[["pay", { cents: 5 }]]] },
  "tempo.json": { format: "otel", runs: [[["pay", { cents: 5 }, "ok", { paid: true }]]] },
  "gemini_cli_stream.jsonl": {
    format: "gemini-cli",
    runs: [[["read_file", { path: "a" }, "error", { type: "NOT_FOUND", message: "no such file" }]]],
  },
};

for (const [name, { format, runs, skipped = [] }] of Object.entries(CASES)) {
  Deno.test(`${name} is recognised, and every call of it is read once`, () => {
    const roots = rootsOf(name);
    assert.equal(detectFormat(roots), format);
    const { readings, skipped: outside } = READERS[format].read(roots);
    const found = readings.map(({ transcript: { calls, answers } }) =>
      calls.map(({ tool, args }, i) => {
        const answer = answers.find(({ call }) => call === i);
        return answer === undefined ? [tool, args] : [tool, args, answer.status, answer.result];
      })
    );
    assert.deepEqual(found, runs);
    const reasons = [...outside, ...readings.flatMap(({ transcript }) => transcript.skipped)].map((
      { reason },
    ) => reason);
    for (const expected of skipped) {
      assert.ok(reasons.some((reason) => expected.test(reason)), `${expected} in ${reasons.join("; ")}`);
    }
  });
}

Deno.test("a call that only a repeated history has is refused where nothing tells it from others", () => {
  const call = (id: string | undefined, cents: number) => ({
    role: "assistant",
    tool_calls: [{
      ...(id === undefined ? {} : { id }),
      function: { name: "pay", arguments: `{"cents":${cents}}` },
    }],
  });
  const exchange = (...messages: JsonValue[]) => ({
    request: { messages },
    response: { choices: [{ message: call("c1", 5) }] },
  });
  const read = (...values: JsonValue[]) =>
    READERS.exchanges.read({ values, position: (i) => `line ${i + 1}` }).readings[0]!.transcript.calls.length;
  assert.equal(read(exchange(), exchange(call("c1", 5))), 2);
  for (const other of [call("c1", 6), call(undefined, 5)]) {
    assert.throws(
      () => read(exchange(), exchange(other)),
      (error) => error instanceof GaitError && error.code === "invalid_input",
    );
  }
});

Deno.test("every format has an example that it recognises and reads a call from", () => {
  for (const format of FORMATS) {
    const roots = readRoots(new TextEncoder().encode(READERS[format].example), format);
    assert.equal(detectFormat(roots), format);
    const calls = READERS[format].read(roots).readings.flatMap(({ transcript }) => transcript.calls);
    assert.equal(calls.length, 1, format);
  }
});

Deno.test("docs/import.md tells of every format what its reader tells", () => {
  const plain = (text: string) => text.replace(/\s+/g, " ");
  const docs = plain(Deno.readTextFileSync(new URL("../../../docs/import.md", import.meta.url)));
  for (const format of FORMATS) {
    const { title, reads, lost, example } = READERS[format];
    for (const text of [`### ${format} ${title}.`, `- Read: ${reads}.`, `- Lost: ${lost}.`, example]) {
      assert.ok(docs.includes(plain(text)), text);
    }
  }
});

/** All values inside of a value, with the way to them. */
function paths(value: JsonValue, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const members: [string | number, JsonValue][] = Array.isArray(value)
    ? value.map((item, i) => [i, item])
    : isJsonObject(value)
    ? Object.entries(value)
    : [];
  return [path, ...members.flatMap(([name, member]) => paths(member, [...path, name]))];
}

function replaced(
  value: JsonValue,
  path: readonly (string | number)[],
  by: JsonValue | undefined,
): JsonValue {
  const [name, ...rest] = path;
  if (name === undefined) return by ?? null;
  if (Array.isArray(value)) {
    return value.flatMap((item, i) =>
      i !== name ? [item] : rest.length === 0 && by === undefined ? [] : [replaced(item, rest, by)]
    );
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) =>
      key !== name
        ? [[key, member]]
        : rest.length === 0 && by === undefined
        ? []
        : [[key, replaced(member, rest, by)]]
    ),
  );
}

Deno.test("no reader throws anything but a GaitError, whatever a member is replaced by", () => {
  const samples = Object.entries(CASES).map(([name, { format }]) => ({ format, roots: rootsOf(name) }));
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.nat(),
      fc.option(fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant({ toString: null })), { nil: undefined }),
      fc.option(fc.constantFrom(...FORMATS), { nil: undefined, freq: 3 }),
      ({ format, roots }, at, by, other) => {
        const values = [...roots.values];
        const all = paths(values);
        const changed = replaced(
          values,
          all[1 + at % (all.length - 1)]!,
          by as JsonValue | undefined,
        ) as JsonValue[];
        try {
          READERS[other ?? format].read({ values: changed, position: roots.position });
        } catch (error) {
          if (!(error instanceof GaitError)) throw error;
          assert.equal(error.code, "invalid_input");
        }
      },
    ),
    { numRuns: 1500 },
  );
});

Deno.test("no member of a log that becomes an object without a text makes a reader fail", () => {
  const wrong: JsonValue[] = [{ toString: null, valueOf: null }, [{ toString: null, valueOf: null }]];
  for (const name of Object.keys(CASES)) {
    const { values, position } = rootsOf(name);
    for (const path of paths([...values]).slice(1)) {
      for (const by of wrong) {
        const changed = { values: replaced([...values], path, by) as JsonValue[], position };
        for (const read of [detectFormat, READERS[CASES[name]!.format].read]) {
          try {
            read(changed);
          } catch (error) {
            if (!(error instanceof GaitError)) {
              throw new Error(`${name}: ${path.join(".")}`, { cause: error });
            }
          }
        }
      }
    }
  }
});
