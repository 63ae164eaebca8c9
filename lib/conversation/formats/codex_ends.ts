import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { only } from "../openai_items.ts";
import { isNonEmpty } from "../payload.ts";
import { idIn } from "./reader.ts";

/** A call of Codex that an event says has ended. */
export interface Ended {
  readonly id: string;
  readonly tool: JsonValue | undefined;
  readonly args: JsonValue;
  /** `undefined` if the event does not tell what came of it. */
  readonly content: JsonValue | undefined;
  readonly failed: boolean | undefined;
  /** Whether the user ran it in the session, so that it is no call of the agent. */
  readonly isOfUser: boolean;
}

/** The call that an event of a rollout ends: an event of its own kind, or `item_completed` with an item. */
export function endOf(event: JsonObject): Ended | undefined {
  const { item } = event;
  const isItem = event.type === "item_completed" && isJsonObject(item);
  const kind = isItem ? KINDS.get(asText(item.type)) : event.type;
  const about = isItem ? item : event;
  const id = idIn(isItem ? item.id : event.call_id);
  const ended = id === undefined ? undefined : partsOf(kind, about);
  return ended && { id: id!, isOfUser: about.source === "user_shell", ...ended };
}

/** Items, by the event that reported of the same call before there were any. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ["CommandExecution", "exec_command_end"],
  ["FileChange", "patch_apply_end"],
  ["McpToolCall", "mcp_tool_call_end"],
  ["DynamicToolCall", "dynamic_tool_call_response"],
  ["CollabAgentToolCall", "collab_tool_call"],
  ["ImageView", "view_image_tool_call"],
]);

type Parts = Pick<Ended, "tool" | "args" | "content" | "failed">;

function partsOf(kind: JsonValue | undefined, about: JsonObject): Parts | undefined {
  const { status, success, exit_code: exit } = about;
  const failed = status === "failed" || status === "declined" ? true : undefined;
  const succeeded = status === "completed" ? false : undefined;
  switch (kind) {
    case "exec_command_end":
      return {
        tool: "exec_command",
        args: only(about, "command", "cwd"),
        content: only(about, "stdout", "stderr", "aggregated_output", "exit_code"),
        failed: failed ?? (typeof exit === "number" ? exit !== 0 : succeeded),
      };
    case "patch_apply_end":
      return {
        tool: "apply_patch",
        args: only(about, "changes"),
        content: only(about, "stdout", "stderr"),
        failed: failed ?? (typeof success === "boolean" ? !success : succeeded),
      };
    case "mcp_tool_call_end":
      return mcpCall(about, failed ?? succeeded);
    case "dynamic_tool_call_response":
      return {
        tool: about.tool,
        args: about.arguments ?? {},
        content: about.error ?? about.content_items,
        failed: failed ?? (typeof success === "boolean" ? !success : succeeded),
      };
    case "collab_tool_call":
      return {
        tool: about.tool,
        args: only(about, "prompt", "receiver_thread_ids"),
        content: only(about, "status", "agents_states"),
        failed: failed ?? succeeded,
      };
    case "view_image_tool_call":
      return { tool: "view_image", args: only(about, "path"), content: undefined, failed };
    default:
      return undefined;
  }
}

/** The name of a tool of an MCP server, with that of the server, under which the model knows it. */
export function mcpToolOf({ server, tool }: JsonObject): JsonValue | undefined {
  return typeof server === "string" && server !== "" && typeof tool === "string" && tool !== ""
    ? `mcp__${server}__${tool}`
    : tool;
}

/** A call of a tool of an MCP server: an event keeps it in `invocation`, an item has it as its own members. */
function mcpCall(about: JsonObject, reported: boolean | undefined): Parts | undefined {
  const { invocation } = about;
  const called = isJsonObject(invocation) ? invocation : about;
  if (typeof called.tool !== "string") return undefined;
  const result = (isNonEmpty(about.error) ? about.error : about.result) ?? null;
  const [outcome, refused] = isJsonObject(result) ? [result.Ok ?? result, result.Err] : [result, undefined];
  const isError = isJsonObject(outcome) ? outcome.isError ?? outcome.is_error : undefined;
  return {
    tool: mcpToolOf(called),
    args: called.arguments ?? {},
    content: refused ?? outcome,
    failed: isNonEmpty(about.error) || refused !== undefined
      ? true
      : typeof isError === "boolean"
      ? isError
      : reported,
  };
}
