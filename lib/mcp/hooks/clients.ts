import type { JsonObject } from "../../formats/json/mod.ts";

/** Coding agents whose hooks are known. */
export const HOOK_CLIENTS = ["claude-code", "cursor", "codex", "gemini-cli"] as const;

export type HookClient = typeof HOOK_CLIENTS[number];

/** What one agent calls things in its hooks (docs/spec/sdk.md 3). Each of them blocks a call at the exit status 2. */
export interface HookContract {
  /** The event before a call, which decides, and the one after it; the first is the one to install. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The member that holds the session. */
  readonly session: string;
  /** The members that hold what a tool returned; the first that is there counts. */
  readonly results: readonly string[];
  /** Whether an event is about a tool of an MCP server whose name does not say so. */
  readonly isOfServer: (payload: JsonObject, event: string) => boolean;
  /** Tools by the names that Claude Code has for the same work. */
  readonly tools: Readonly<Record<string, string>>;
  /** The file of the project that holds its hooks, and the same of the user, below the home folder. */
  readonly settings: string;
  readonly userSettings: string;
  /** Entries are groups with handlers, or handlers themselves. */
  readonly shape: "groups" | "handlers";
  /** Members of a handler beside its command. */
  readonly handler: JsonObject;
  /** Members of a new file of settings. */
  readonly newSettings: JsonObject;
  /** Members of settings that turn hooks off, and what they have then; a list turns off what it names. */
  readonly switches: readonly Switch[];
  /** Other files beside those settings that may have one. */
  readonly siblings: readonly string[];
  /** The settings of the machine, by its system; they may have one, or some of their own besides. */
  readonly managed: Readonly<Record<string, readonly string[]>>;
  readonly managedSwitches: readonly Switch[];
  /** The refusal of a call, for clients that read standard output. */
  readonly refusal: (event: string, reason: string) => JsonObject;
}

/** A member of settings, by its path, with which hooks don't run. */
export interface Switch {
  readonly member: readonly string[];
  readonly off: "true" | "false" | "names gait";
}

const ASIDE = (event: string, reason: string): JsonObject => ({
  hookSpecificOutput: {
    hookEventName: event,
    permissionDecision: "deny",
    permissionDecisionReason: reason,
  },
});

/** One entry per agent. */
export const CONTRACTS: Readonly<Record<HookClient, HookContract>> = {
  "claude-code": {
    before: ["PreToolUse"],
    after: ["PostToolUse", "PostToolUseFailure"],
    session: "session_id",
    results: ["tool_response", "error"],
    isOfServer: () => false,
    tools: {},
    settings: ".claude/settings.json",
    userSettings: ".claude/settings.json",
    shape: "groups",
    // Else a hook that takes too long, or can't be started, lets the call pass.
    handler: { type: "command", timeout: 60, onFailure: "block" },
    newSettings: {},
    switches: [{ member: ["disableAllHooks"], off: "true" }],
    siblings: ["settings.local.json"],
    managed: {
      linux: ["/etc/claude-code/managed-settings.json"],
      darwin: ["/Library/Application Support/ClaudeCode/managed-settings.json"],
      windows: [
        "C:/Program Files/ClaudeCode/managed-settings.json",
        "C:/ProgramData/ClaudeCode/managed-settings.json",
      ],
    },
    managedSwitches: [{ member: ["allowManagedHooksOnly"], off: "true" }],
    refusal: ASIDE,
  },
  cursor: {
    // The later ones are those of versions without preToolUse.
    before: ["preToolUse", "beforeShellExecution", "beforeMCPExecution", "beforeReadFile"],
    after: ["postToolUse", "postToolUseFailure", "afterShellExecution", "afterMCPExecution", "afterFileEdit"],
    session: "conversation_id",
    results: ["tool_output", "tool_response", "result_json", "output", "edits", "error", "error_message"],
    isOfServer: (_payload, event) => /MCPExecution$/.test(event),
    tools: { shell: "Bash", terminal: "Bash", delete: "Write", strreplace: "Edit", tabwrite: "Write" },
    settings: ".cursor/hooks.json",
    userSettings: ".cursor/hooks.json",
    shape: "handlers",
    handler: { timeout: 60, failClosed: true },
    newSettings: { version: 1 },
    switches: [],
    siblings: [],
    managed: {},
    managedSwitches: [],
    refusal: (_event, reason) => ({ permission: "deny", user_message: reason, agent_message: reason }),
  },
  codex: {
    before: ["PreToolUse"],
    after: ["PostToolUse"],
    session: "session_id",
    results: ["tool_response"],
    isOfServer: () => false,
    tools: { apply_patch: "Write", exec_command: "Bash", shell: "Bash", local_shell: "Bash" },
    settings: ".codex/hooks.json",
    userSettings: ".codex/hooks.json",
    shape: "groups",
    handler: { type: "command", timeout: 60 },
    newSettings: {},
    switches: [],
    siblings: [],
    managed: {},
    managedSwitches: [],
    refusal: ASIDE,
  },
  "gemini-cli": {
    before: ["BeforeTool"],
    after: ["AfterTool"],
    session: "session_id",
    results: ["tool_response"],
    isOfServer: ({ mcp_context: server }) => server !== undefined && server !== null,
    tools: {
      run_shell_command: "Bash",
      write_file: "Write",
      replace: "Edit",
      read_file: "Read",
      read_many_files: "Read",
      list_directory: "Read",
      glob: "Read",
      grep_search: "Read",
      search_file_content: "Read",
      web_fetch: "WebFetch",
      google_web_search: "WebSearch",
    },
    settings: ".gemini/settings.json",
    userSettings: ".gemini/settings.json",
    shape: "groups",
    handler: { type: "command", name: "gait", timeout: 60_000 },
    newSettings: {},
    switches: [
      { member: ["hooksConfig", "enabled"], off: "false" },
      { member: ["hooksConfig", "disabled"], off: "names gait" },
      // Before version 0.25.
      { member: ["hooks", "enabled"], off: "false" },
      { member: ["hooks", "disabled"], off: "names gait" },
      { member: ["tools", "enableHooks"], off: "false" },
    ],
    siblings: [],
    managed: {
      linux: ["/etc/gemini-cli/system-defaults.json", "/etc/gemini-cli/settings.json"],
      darwin: [
        "/Library/Application Support/GeminiCli/system-defaults.json",
        "/Library/Application Support/GeminiCli/settings.json",
      ],
      windows: ["C:/ProgramData/gemini-cli/system-defaults.json", "C:/ProgramData/gemini-cli/settings.json"],
    },
    managedSwitches: [],
    refusal: (_event, reason) => ({ decision: "deny", reason }),
  },
};
