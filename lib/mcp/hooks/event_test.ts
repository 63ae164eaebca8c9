import assert from "node:assert/strict";
import fc from "fast-check";
import { GaitError } from "../../errors/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { CONTRACTS, HOOK_CLIENTS, type HookClient } from "./clients.ts";
import { readEvent } from "./event.ts";

const read = (client: HookClient, payload: JsonObject) =>
  readEvent(payload, client, CONTRACTS[client], { identity: "me", riskClass: "high" });

/** The tool and targets that an event is about. */
function about(client: HookClient, payload: JsonObject) {
  const { call } = read(client, payload);
  return [call.name, ...call.targets.map(({ value, operation = "" }) => `${operation} ${value}`)];
}

Deno.test("readEvent() knows the tools of each agent", () => {
  const cases: readonly (readonly [HookClient, JsonObject, ...string[]])[] = [
    ["claude-code", { tool_name: "Bash", tool_input: { command: "ls" } }, "tool.exec", "execute ls"],
    [
      "claude-code",
      { tool_name: "NotebookEdit", tool_input: { notebook_path: "/n" } },
      "tool.write",
      "write /n",
    ],
    ["claude-code", { tool_name: "mcp__fs__read", tool_input: {} }, "tool.mcp__fs__read"],
    ["cursor", { tool_name: "Shell", tool_input: { command: "ls" } }, "tool.exec", "execute ls"],
    ["cursor", { tool_name: "Delete", tool_input: { path: "/x" } }, "tool.write", "write /x", "delete /x"],
    ["codex", { tool_name: "Bash", tool_input: { command: "ls" } }, "tool.exec", "execute ls"],
    [
      "codex",
      {
        tool_name: "apply_patch",
        tool_input: {
          command: "*** Begin Patch\n*** Update File: a.ts\n*** Move to: b.ts\n+*** x\r\n*** Delete File: c",
        },
      },
      "tool.write",
      "write a.ts",
      "write b.ts",
      "delete c",
    ],
    [
      "codex",
      {
        tool_name: "apply_patch",
        tool_input: {
          command: "\t*** Delete File: a\u2028b\n \u00a0*** Update File:c \r\n  *** Move to:\td",
        },
      },
      "tool.write",
      "delete a\u2028b",
      "write c",
      "write d",
    ],
    [
      "codex",
      {
        tool_name: "apply_patch",
        tool_input: {
          command: "",
          input: ["x"],
          patch: "\u0085*** Delete File: a\u0085\n\u0085\u00a0*** Add File: b",
        },
      },
      "tool.write",
      "delete a",
      "write b",
    ],
    [
      "codex",
      {
        tool_name: "apply_patch",
        tool_input: { command: ["apply_patch", "*** Begin Patch\n*** Delete File: a"] },
      },
      "tool.write",
      "delete a",
    ],
    [
      "codex",
      { tool_name: "shell", tool_input: { command: ["rm", "-rf", "/x"] } },
      "tool.exec",
      "execute rm -rf /x",
    ],
    ...["paths", "include"].map((key): readonly [HookClient, JsonObject, ...string[]] => [
      "gemini-cli",
      { tool_name: "read_many_files", tool_input: { [key]: ["a", " .env "] } },
      "tool.read",
      "read a",
      "read .env",
    ]),
    [
      "claude-code",
      { tool_name: "Write", tool_input: { path: "a", file_path: ["b", 1, "a"] } },
      "tool.write",
      "write a",
      "write b",
    ],
    ["gemini-cli", { tool_name: "grep_search", tool_input: { include: "*.ts" } }, "tool.read"],
    [
      "gemini-cli",
      { tool_name: "run_shell_command", tool_input: { command: "ls" } },
      "tool.exec",
      "execute ls",
    ],
    ["gemini-cli", { tool_name: "write_file", tool_input: { file_path: "/x" } }, "tool.write", "write /x"],
    ["gemini-cli", { tool_name: "read_file", tool_input: { absolute_path: "/x" } }, "tool.read", "read /x"],
  ];
  for (const [client, payload, ...expected] of cases) {
    const event = { hook_event_name: CONTRACTS[client].before[0]!, ...payload };
    assert.deepEqual(about(client, event), expected, JSON.stringify(payload));
  }
});

Deno.test("readEvent() finds the files and addresses of every tool, whatever calls them by which name", () => {
  const cases: readonly (readonly [HookClient, string, JsonObject, ...string[]])[] = [
    ["claude-code", "mcp__fs__read_file", { path: "/etc/shadow" }, " /etc/shadow"],
    [
      "claude-code",
      "mcp__git__log",
      { repo_path: "/srv/r", options: { url: ["https://x"] } },
      " /srv/r",
      " https://x",
    ],
    ["claude-code", "LS", { path: "/etc" }, " /etc"],
    ["codex", "view_image", { path: "/etc/shadow" }, " /etc/shadow"],
    ["claude-code", "Glob", { pattern: "/etc/*" }, "read /etc/*"],
    ["claude-code", "Glob", { pattern: "src/../../*", path: "/w" }, "read /w", "read src/../../*"],
    ["claude-code", "Glob", { pattern: "{a,..}/x" }, "read {a,..}/x"],
    ["claude-code", "Glob", { pattern: "**/*.ts" }],
    ["claude-code", "Grep", { pattern: "/etc/" }],
    ["gemini-cli", "glob", { pattern: "~/*" }, "read ~/*"],
    ["cursor", "Glob", { glob_pattern: "..\\*", target_directory: "/w" }, " /w", "read ..\\*"],
    [
      "gemini-cli",
      "web_fetch",
      { prompt: "Read https://a.test/x, <HTTP://b.test> and [c](https://c.test?u=https://d.test)." },
      "read https://a.test/x",
      "read HTTP://b.test",
      "read https://c.test?u=",
      "read https://d.test",
    ],
    ["gemini-cli", "web_fetch", { url: "https://a.test", prompt: "What is there?" }, "read https://a.test"],
    // The page is asked, and no other one is fetched.
    [
      "claude-code",
      "WebFetch",
      { url: "https://a.test", prompt: "Is https://b.test on it?" },
      "read https://a.test",
    ],
  ];
  for (const [client, tool_name, tool_input, ...expected] of cases) {
    const [, ...found] = about(client, {
      hook_event_name: CONTRACTS[client].before[0]!,
      tool_name,
      tool_input,
    });
    assert.deepEqual(found, expected, `${tool_name} ${JSON.stringify(tool_input)}`);
  }
});

Deno.test("readEvent() reads the older events of Cursor, which name no tool", () => {
  assert.deepEqual(about("cursor", { hook_event_name: "beforeShellExecution", command: "ls" }), [
    "tool.exec",
    "execute ls",
  ]);
  assert.deepEqual(about("cursor", { hook_event_name: "beforeReadFile", file_path: "/x", content: "…" }), [
    "tool.read",
    "read /x",
  ]);
  const mcp = { hook_event_name: "beforeMCPExecution", tool_name: "query", tool_input: '{"sql":"x"}' };
  assert.deepEqual(read("cursor", mcp).call.args, { sql: "x" });
  assert.deepEqual(about("cursor", { hook_event_name: "afterFileEdit", file_path: "/x", edits: [] }), [
    "tool.write",
    "write /x",
  ]);
});

Deno.test("readEvent() takes no tool of a server for one of the agent, whatever name the server gives it", () => {
  const taken = [
    "Read",
    "grep",
    "web-fetch",
    "B_ash",
    "task",
    "MultiEdit",
    "Shell",
    "replace",
    "run_shell_command",
  ];
  const dotted = ["tool.read", "tool.exec", "mcp.fs.read_file", "Tool.Read"];
  const of: readonly (readonly [HookClient, JsonObject])[] = [
    ["cursor", { hook_event_name: "beforeMCPExecution" }],
    ["gemini-cli", { hook_event_name: "BeforeTool", mcp_context: { server_name: "s" } }],
    ["gemini-cli", { hook_event_name: "BeforeTool", mcp_context: "s" }],
  ];
  for (const [client, event] of of) {
    for (const tool_name of [...taken, ...dotted]) {
      const [name] = about(client, { ...event, tool_name, tool_input: {} });
      assert.ok(!["tool.read", "tool.write", "tool.exec", "tool.delegate"].includes(String(name)), tool_name);
      assert.ok(name!.includes("mcp__") || !tool_name.includes("."), `${tool_name}: ${name}`);
    }
    assert.deepEqual(about(client, { ...event, tool_name: "query", tool_input: { path: "/x" } }), [
      "tool.query",
      " /x",
    ]);
  }
  assert.equal(
    about("gemini-cli", { hook_event_name: "BeforeTool", tool_name: "replace", mcp_context: null })[0],
    "tool.write",
  );
});

Deno.test("readEvent() refuses a patch in which it finds no file", () => {
  for (
    const tool_input of [{}, { command: "" }, { command: "*** Begin Patch\n*** End Patch" }, { command: 7 }]
  ) {
    const event = { hook_event_name: "PreToolUse", tool_name: "apply_patch", tool_input };
    assert.throws(() => read("codex", event), { code: "invalid_input" }, JSON.stringify(tool_input));
  }
});

Deno.test("the call before and the call after it are the same intent, and the id of the attempt is not in it", () => {
  for (const client of HOOK_CLIENTS) {
    const { before, after, session } = CONTRACTS[client];
    const payload = { tool_name: "Read", tool_input: { file_path: "/x" }, cwd: "/w", [session]: "s" };
    const first = read(client, { ...payload, hook_event_name: before[0]!, tool_use_id: "1" });
    const then = read(client, {
      ...payload,
      hook_event_name: after[0]!,
      tool_use_id: "2",
      [CONTRACTS[client].results[0]!]: { lines: 3 },
    });
    assert.deepEqual(first.call, then.call);
    assert.deepEqual([first.when, first.result, then.when, then.result], [
      "before",
      undefined,
      "after",
      { lines: 3 },
    ]);
    const { identity, sessionId, workspace } = first.call.context;
    assert.deepEqual([identity, sessionId, workspace], ["me", "s", "/w"]);
  }
});

Deno.test("readEvent() refuses what is not about one tool call", () => {
  const name = "PreToolUse";
  for (
    const payload of [
      {},
      { hook_event_name: "Stop" },
      { hook_event_name: "pretooluse", tool_name: "Read" },
      { hook_event_name: "preToolUse", tool_name: "Read" },
      { hook_event_name: name },
      { hook_event_name: name, tool_name: " " },
      { hook_event_name: name, tool_name: 7 },
      { hook_event_name: name, tool_name: "Read", Tool_Name: "Bash" },
      { hook_event_name: name, tool_name: "Read", tool_input: [] },
      { hook_event_name: name, tool_name: "Read", tool_input: "{" },
      { hook_event_name: name, tool_name: "Read", tool_input: { File_Path: "/x" } },
    ]
  ) {
    assert.throws(
      () => read("claude-code", payload),
      (error) => error instanceof GaitError && error.code === "invalid_input",
      JSON.stringify(payload),
    );
  }
});

Deno.test("readEvent() answers every object with an event or an error of the input", () => {
  const names = fc.constantFrom("hook_event_name", "tool_name", "tool_input", "cwd", "command", "session_id");
  const values = fc.oneof(fc.constantFrom("PreToolUse", "preToolUse", "AfterTool", "Bash"), fc.jsonValue());
  fc.assert(fc.property(fc.constantFrom(...HOOK_CLIENTS), fc.dictionary(names, values), (client, payload) => {
    try {
      read(client, payload as JsonObject);
    } catch (error) {
      assert.ok(error instanceof GaitError && error.code === "invalid_input");
    }
  }));
});
