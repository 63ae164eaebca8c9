import { invalidInput } from "../../errors/mod.ts";
import type { JsonObject, JsonValue } from "../../formats/json/mod.ts";
import { lower, trim } from "../../formats/text.ts";
import { text } from "../../intent/fields.ts";
import { readArguments } from "../adapters/arguments.ts";
import { readClaudeCode } from "../adapters/claude_code.ts";
import type { ToolCall } from "../call.ts";
import { knownFields, own } from "../fields.ts";
import type { HookClient, HookContract } from "./clients.ts";

/** An event of a coding agent's hook. */
export interface HookEvent {
  /** Its name, as the agent writes it. */
  readonly name: string;
  readonly when: "before" | "after";
  readonly call: ToolCall;
  readonly sessionId: string;
  /** Id of the single call; empty when the agent gives none. */
  readonly toolUseId: string;
  /** What the tool returned; `undefined` before the call, and when nothing was. */
  readonly result: JsonValue | undefined;
  readonly failed: boolean;
}

/** Who calls, as the user of the hook says. */
export interface HookCaller {
  readonly identity: string;
  readonly riskClass: string;
}

const AT = "event: ";
const EVENT = knownFields(
  "hook_event_name",
  "tool_name",
  "tool_input",
  "tool_use_id",
  "session_id",
  "conversation_id",
  "cwd",
  "command",
  "file_path",
);

/**
 * Read an event. The call becomes the same intent whenever the agent makes it again in the session, so that an approval
 * of it holds for its next attempt: the id of the single call is not a part of it.
 *
 * @throws {GaitError} `invalid_input` for an event that is neither before nor after a tool call
 */
export function readEvent(
  payload: JsonObject,
  client: HookClient,
  contract: HookContract,
  caller: HookCaller,
): HookEvent {
  EVENT.refuseLookalikes(payload, AT);
  const name = text(payload, "hook_event_name", AT);
  const when = contract.before.includes(name)
    ? "before"
    : contract.after.includes(name)
    ? "after"
    : undefined;
  if (when === undefined) {
    throw invalidInput(`Cannot use event "${name}" of ${client}: it is not about a tool call`, {
      hint: `Install the hook for ${contract.before[0]} and ${
        contract.after[0]
      }: gait hook install ${client}`,
    });
  }
  const sessionId = text(payload, contract.session, AT);
  const { tool, input } = toolOf(payload, contract);
  const call = readClaudeCode({ tool_name: tool, tool_input: input, hook_event_name: name }, AT);
  return {
    name,
    when,
    call: {
      ...call,
      targets: [...call.targets, ...patchTargets(tool, input), ...includedTargets(tool, input)],
      context: {
        ...call.context,
        identity: caller.identity,
        riskClass: caller.riskClass,
        workspace: text(payload, "cwd", AT),
        sessionId,
        authContext: { adapter: lower(client).replace("-", "_") },
      },
    },
    sessionId,
    toolUseId: text(payload, "tool_use_id", AT),
    result: when === "before" ? undefined : resultOf(payload, contract),
    failed: /Failure$/.test(name),
  };
}

function toolOf(payload: JsonObject, { tools }: HookContract): { tool: string; input: JsonObject } {
  const given = trim(text(payload, "tool_name", AT));
  const input = readArguments(own(payload, "tool_input"), "tool_input", AT);
  if (given !== "") {
    const known = lower(given);
    return { tool: Object.hasOwn(tools, known) ? tools[known]! : given, input };
  }
  // Older events of Cursor name no tool: the event is about one.
  const command = text(payload, "command", AT);
  if (command !== "") return { tool: "Bash", input: { command } };
  const path = text(payload, "file_path", AT);
  const isEdit = own(payload, "edits") !== undefined;
  return path === "" ? { tool: "", input } : { tool: isEdit ? "Edit" : "Read", input: { file_path: path } };
}

/**
 * A patch names its files in its own lines. Codex passes over blanks around such a line, so that one with blanks before
 * it must not hide a file; a line of the content that looks the same is a target too many.
 */
const PATCHED = /^\*\*\* (?:(Add|Update|Delete) File|Move to):([^\n]+)$/;

function patchTargets(tool: string, input: JsonObject): JsonObject[] {
  const patch = own(input, "command") ?? own(input, "patch") ?? own(input, "input");
  if (tool !== "Write" || typeof patch !== "string") return [];
  return patch.split("\n").flatMap((line) => {
    const [, action, path] = PATCHED.exec(line.trim()) ?? [];
    if (path === undefined) return [];
    return [{ kind: "path", value: trim(path), operation: action === "Delete" ? "delete" : "write" }];
  });
}

/** Gemini CLI reads many files at once; a text of this name is a filter of a search. */
function includedTargets(tool: string, input: JsonObject): JsonObject[] {
  const included = own(input, "include");
  if (tool !== "Read" || !Array.isArray(included)) return [];
  return included.filter((value) => typeof value === "string").map((value) => ({
    kind: "path",
    value: trim(value),
    operation: "read",
  }));
}

function resultOf(payload: JsonObject, { results }: HookContract): JsonValue | undefined {
  for (const name of results) {
    const value = own(payload, name);
    if (value !== undefined) return value;
  }
  return undefined;
}
