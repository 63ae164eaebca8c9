import type { JsonObject } from "../../formats/json/mod.ts";
import { lower, trim } from "../../formats/text.ts";
import { required, text } from "../../intent/fields.ts";
import { plainCall, type ToolCall } from "../call.ts";
import { NO_CONTEXT } from "../call_context.ts";
import { type KnownFields, knownFields, own } from "../fields.ts";
import { readArguments } from "./arguments.ts";

const PAYLOAD = knownFields(
  "tool_name",
  "name",
  "tool_input",
  "input",
  "session_id",
  "hook_event_name",
  "type",
);

/** A hook event, or a `tool_use` block, of Claude Code (docs/spec/mcp.md 3.5). */
export function readClaudeCode(payload: JsonObject, at: string): ToolCall {
  PAYLOAD.refuseLookalikes(payload, at);
  const of = (name: string) => text(payload, name, at);
  of("type");
  const [first, second] = [trim(of("tool_name")), trim(of("name"))];
  const event = trim(of("hook_event_name"));
  const member = own(payload, "tool_input") === undefined ? "input" : "tool_input";
  const name = canonicalName(required(first || second, "tool_name", at));
  const args = readArguments(own(payload, member), member, at);
  return {
    ...plainCall(name, args),
    targets: inferTargets(name, args, `${at}${member}.`),
    context: {
      ...NO_CONTEXT,
      sessionId: of("session_id"),
      authContext: event === "" ? {} : { hook_event_name: event, adapter: "claude_code" },
    },
  };
}

const CANONICAL: ReadonlyMap<string, string> = new Map([
  ...["read", "grep", "glob", "webfetch", "websearch"].map((name) => [name, "tool.read"] as const),
  ...["write", "edit", "notebookedit"].map((name) => [name, "tool.write"] as const),
  ["bash", "tool.exec"],
  ...["task", "agent"].map((name) => [name, "tool.delegate"] as const),
]);

/** Whether policies know a tool by a name that several share, and that says what it does. */
export function hasSharedName(given: string): boolean {
  return SHARED.has(canonicalName(given));
}

const SHARED: ReadonlySet<string> = new Set(CANONICAL.values());

/** The name of a tool in policies. */
function canonicalName(given: string): string {
  const name = lower(given);
  // Only this spelling, the client's own: all others have the names that the existing program gives them.
  if (name === "multiedit") return "tool.write";
  const known = CANONICAL.get(name.replace(/[ _-]/g, ""));
  if (known !== undefined) return known;
  return name.includes(".") ? name : `tool.${name.replace(/[ -]/g, "_")}`;
}

/** Members of the input that name targets. */
interface Inference {
  readonly keys: readonly string[];
  readonly kind: string;
  readonly operation: string;
  /** The keys are synonyms, so only the first one that is present counts. */
  readonly firstOnly?: true;
}

const PATHS = [
  ...["path", "file_path", "filepath", "file"],
  // What other clients of the same shape call it.
  ...["notebook_path", "absolute_path", "dir_path", "target_file"],
  ...["paths", "file_paths", "files"],
];
const INFERRED: Readonly<Record<string, readonly Inference[]>> = {
  "tool.read": [
    { keys: PATHS, kind: "path", operation: "read" },
    { keys: ["url", "uri"], kind: "url", operation: "read" },
  ],
  "tool.write": [{ keys: PATHS, kind: "path", operation: "write" }],
  "tool.exec": [{ keys: ["command", "cmd", "script"], kind: "other", operation: "execute" }],
  "tool.delegate": [{
    keys: ["task", "prompt", "description"],
    kind: "other",
    operation: "delegate",
    firstOnly: true,
  }],
};

const LOOKALIKES: ReadonlyMap<string, KnownFields> = new Map(
  Object.entries(INFERRED).map(([tool, all]) => [tool, knownFields(...all.flatMap(({ keys }) => keys))]),
);

/**
 * The targets that an input names.
 *
 * Every value under one of the keys is a target: it is unknown whether the tool uses `path` or `file_path`, so a
 * harmless value of one must not hide the other. A list of paths is a target each, for tools that take several; a list
 * of words is one command.
 */
function inferTargets(tool: string, input: JsonObject, at: string): JsonObject[] {
  LOOKALIKES.get(tool)?.refuseLookalikes(input, at);
  const inferred = Object.hasOwn(INFERRED, tool) ? INFERRED[tool]! : [];
  return inferred.flatMap(({ keys, kind, operation, firstOnly }) => {
    const values = keys.flatMap((key) => textsOf(own(input, key), kind)).map(trim)
      .filter((value) => value !== "");
    const counted = firstOnly ? values.slice(0, 1) : [...new Set(values)];
    return counted.map((value) => ({ kind, value, operation }));
  });
}

function textsOf(value: unknown, kind: string): string[] {
  if (typeof value === "string") return [value];
  if (!Array.isArray(value)) return [];
  const texts = value.filter((item) => typeof item === "string");
  return kind === "other" ? [texts.join(" ")] : texts;
}
