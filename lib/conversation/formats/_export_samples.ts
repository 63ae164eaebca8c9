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
};
