import type { SampleCase } from "./_log_case.ts";

/** Files of testdata/conversations/formats that accounts, tests and platforms export, and what is to be read of them. */
export const EXPORT_SAMPLES: Readonly<Record<string, SampleCase>> = {
  "chatgpt.json": {
    format: "chatgpt",
    runs: [[
      ["python", { raw: "1/0" }, "error", { text: "ZeroDivisionError: division by zero" }],
      ["maps_example__jit_plugin.findStreet", { street: "Elm", id: "12345678901234567890" }, "error", {
        found: 0,
      }],
      ["browser", { raw: 'search("Elm street")' }, "ok", {
        text: 'one page\n{"content_type":"tether_quote","text":"Elm is long","url":"streets.example"}',
      }],
    ]],
    skipped: [
      /2 × call on a branch/,
      /not completed/,
      /"myfiles_browser" without a call/,
      /1 × conversation in/,
    ],
  },
  "claude_ai.json": {
    format: "claude-ai",
    runs: [[
      ["web_search", { query: "Elm street" }, "ok", { text: "Elm is long" }],
      ["artifacts", { id: "map", command: "create", content: "x" }, "error", { text: "no room" }],
    ]],
    skipped: [/without text, of type "image"/, /1 × message with a block/, /1 × conversation in/],
  },
  "cline_ui.json": {
    format: "cline-ui",
    runs: [[
      [
        "readFile",
        { path: "a.ts", content: "/home/dev/a.ts", operationIsLocatedInWorkspace: true },
        "error",
        { text: "The tool execution failed with the following error:\n<error>\nno such file\n</error>" },
      ],
      ["command", { command: "ls" }, "ok", { text: "a.ts\nb.ts" }],
      ["use_mcp_tool", { serverName: "bank", toolName: "pay", arguments: '{"cents": 5}' }, "ok", {
        paid: true,
      }],
    ]],
    skipped: [/not completed/, /1 × followup, which the API has as a call/],
  },
  "opik.json": {
    format: "opik",
    runs: [
      [
        ["pay", { cents: 5, account: "12345678901234567890" }, "ok", { output: "paid" }],
        ["log", { line: "x" }, "error", { text: "disk full" }],
      ],
      [["pay", { cents: 6 }]],
    ],
    skipped: [/1 of 3 spans/],
  },
  "weave.jsonl": {
    format: "weave",
    runs: [
      [
        ["pay", { cents: 5 }, "ok", { text: "paid" }],
        ["log", { line: "x" }, "error", { text: "McpError: disk full" }],
        ["find-street", { input: '{"street": "Elm"}' }, "ok", { output: "found" }],
        ["Bash", { command: "ls" }, "ok", { text: "a.ts" }],
      ],
      [["pay", { cents: 6 }]],
    ],
  },
  "datadog.json": {
    format: "datadog",
    runs: [
      [["pay", { cents: 5 }, "ok", { text: "paid" }], ["log", { line: "x" }, "error", { text: "disk full" }]],
      [["pay", { cents: 6 }]],
    ],
  },
  "mlflow_search.json": { format: "mlflow", runs: [[["pay", { cents: 5 }, "ok", { text: "paid" }]]] },
  "promptfoo.json": {
    format: "promptfoo",
    runs: [
      [["pay", { cents: 1 }]],
      [["pay", { cents: 2 }]],
      [["pay", { cents: 3 }], ["pay", { cents: 4 }]],
      [["pay", { cents: 5 }]],
      [["Bash", { command: "ls" }, "error", { text: "no such file" }]],
      [["pay", { cents: 7 }]],
    ],
    skipped: [/1 × result in which/],
  },
  "n8n.json": {
    format: "n8n",
    runs: [
      [
        ["Pay", { cents: 5 }, "ok", { response: "paid" }],
        ["Find street", { query: "Elm" }, "ok", { response: [{ street: "Elm" }] }],
        ["Pay", { cents: 6 }, "error", { text: "no money" }],
      ],
      [["Pay", { cents: 7 }, "ok", { text: '[{"response":"paid"}]' }]],
    ],
    skipped: [/1 × execution in which/],
  },
  "sharegpt.jsonl": {
    format: "sharegpt",
    runs: [
      [["pay", { cents: 5 }, "error", { error: "no money" }], ["log", { line: "x" }, "ok", { written: 1 }]],
      [
        ["pay", { account: "12345678901234567890" }, "ok", { text: "paid" }],
        ["pay", { raw: "{'arguments': {'cents': 6}, 'name': 'pay'}" }],
      ],
    ],
    skipped: [/2 × call of which only the text/, /1 × conversation in which/],
  },
};
