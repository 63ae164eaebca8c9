import { invalidInput } from "../../errors/mod.ts";
import type { JsonObject, JsonValue } from "../../formats/json/mod.ts";
import { lower, trim } from "../../formats/text.ts";
import { text } from "../../intent/fields.ts";
import { readArguments } from "../adapters/arguments.ts";
import { hasSharedName, readClaudeCode } from "../adapters/claude_code.ts";
import type { ToolCall } from "../call.ts";
import { knownFields, own } from "../fields.ts";
import type { HookClient, HookContract } from "./clients.ts";
import { furtherTargets } from "./targets.ts";

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
  const { given, tool, input } = toolOf(payload, contract, contract.isOfServer(payload, name));
  const call = readClaudeCode({ tool_name: tool, tool_input: input, hook_event_name: name }, AT);
  const targets = [
    ...call.targets,
    ...furtherTargets({ client, given: lower(given), tool, input }, call.targets),
  ];
  if (client === "codex" && lower(given) === "apply_patch" && targets.length === 0) {
    throw invalidInput("Cannot use a patch in which no file is named", {
      hint: "Lists of paths apply to files that are named: is it a patch of Codex?",
    });
  }
  return {
    name,
    when,
    call: {
      ...call,
      targets,
      context: {
        ...call.context,
        identity: caller.identity,
        riskClass: caller.riskClass,
        workspace: text(payload, "cwd", AT),
        sessionId,
        authContext: {
          adapter: lower(client).replace("-", "_"),
          // Several tools have one name in policies, and an approval is for one of them.
          ...given === "" ? {} : { tool: given },
        },
      },
    },
    sessionId,
    toolUseId: text(payload, "tool_use_id", AT),
    result: when === "before" ? undefined : resultOf(payload, contract),
    failed: /Failure$/.test(name),
  };
}

interface Tool {
  /** As the agent calls it. */
  readonly given: string;
  /** As Claude Code calls what does the same work. */
  readonly tool: string;
  readonly input: JsonObject;
}

function toolOf(payload: JsonObject, { tools }: HookContract, isOfServer: boolean): Tool {
  const given = trim(text(payload, "tool_name", AT));
  const input = readArguments(own(payload, "tool_input"), "tool_input", AT);
  if (given !== "") {
    const known = lower(given);
    const tool = Object.hasOwn(tools, known) ? tools[known]! : given;
    // Servers choose the names of their tools: one that is called `read`, or `tool.read`, is no reading by the agent.
    const isDisguised = isOfServer && (given.includes(".") || hasSharedName(tool));
    return { given, tool: isDisguised ? `mcp__${given}` : tool, input };
  }
  // Older events of Cursor name no tool: the event is about one.
  const command = text(payload, "command", AT);
  if (command !== "") return { given, tool: "Bash", input: { command } };
  const path = text(payload, "file_path", AT);
  const isEdit = own(payload, "edits") !== undefined;
  return path === ""
    ? { given, tool: "", input }
    : { given, tool: isEdit ? "Edit" : "Read", input: { file_path: path } };
}

function resultOf(payload: JsonObject, { results }: HookContract): JsonValue | undefined {
  for (const name of results) {
    const value = own(payload, name);
    if (value !== undefined) return value;
  }
  return undefined;
}
