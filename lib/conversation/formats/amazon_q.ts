import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { type Message, timeIn } from "../messages.ts";
import { messageFormat } from "./message_format.ts";
import { objectsIn } from "./reader.ts";

/** Conversations of the Amazon Q Developer CLI and of the Kiro CLI, as they save and store them. */
export const amazonQ = messageFormat(
  {
    title: "Amazon Q Developer CLI and Kiro CLI: saved conversations",
    reads: "`ToolUse` of the assistant's turns, `ToolUseResults` and `CancelledToolUses` of the user's",
    lost: "what was said, the environment; `transcript`, which repeats what was said",
    example:
      '{"history":[{"user":{"content":{"Prompt":{"prompt":"pay"}}},"assistant":{"ToolUse":{"content":"","tool_uses":[{"id":"c1","name":"pay","args":{}}]}}}]}',
  },
  ({ assistant, user }) => isTurn(assistant) || isTurn(user),
  ({ value, position }, ledger) => {
    const { assistant, user } = value;
    if (!isTurn(assistant) && !isTurn(user)) return ledger.leaveOut(position, value, "no turn that is known");
    const time = isJsonObject(user) ? timeIn(user, position, ledger) : undefined;
    ledger.use(time);
    if (isJsonObject(user)) readResults(user, `${position}, user`, time, ledger);
    if (isJsonObject(assistant)) readUses(assistant, `${position}, assistant`, ledger);
  },
  { inside: turnsIn, own: ({ user: _, ...turn }) => turn },
);

const isTurn = (value: JsonValue | undefined): value is JsonObject =>
  isJsonObject(value) &&
  (isJsonObject(value.ToolUse) || isJsonObject(value.Response) || isJsonObject(value.content));

/** Turns are objects, or pairs in older versions; what the user last sent stands beside them. */
function turnsIn(value: JsonValue): JsonValue[] | undefined {
  if (!isJsonObject(value) || !Array.isArray(value.history)) return undefined;
  const turns = value.history.map((turn): JsonValue =>
    Array.isArray(turn) ? { user: turn[0] ?? null, assistant: turn[1] ?? null } : turn
  );
  return isJsonObject(value.next_message) ? [...turns, { user: value.next_message }] : turns;
}

function readResults(
  { content }: JsonObject,
  position: string,
  time: Message["time"],
  ledger: Ledger,
): void {
  if (!isJsonObject(content)) return;
  const { ToolUseResults: given, CancelledToolUses: cancelled, ...others } = content;
  if (!Object.hasOwn(others, "Prompt") && Object.keys(others).length > 0) {
    return ledger.leaveOut(position, content, "content that is not known");
  }
  for (const [results, isCancelled] of [[given, false], [cancelled, true]] as const) {
    objectsIn(isJsonObject(results) ? results.tool_use_results : undefined).forEach((result, i) => {
      const status = typeof result.status === "string" ? result.status.toLowerCase() : "";
      ledger.answer({
        position: `${position}, result ${i + 1}`,
        id: result.tool_use_id,
        content: contentOf(result.content),
        failed: isCancelled || status === "error" ? true : status === "success" ? false : undefined,
        time,
      });
    });
  }
}

/** A single document is the result itself; texts are joined. */
function contentOf(content: JsonValue | undefined): JsonValue | undefined {
  const blocks = objectsIn(content);
  if (blocks.length === 1 && Object.hasOwn(blocks[0]!, "Json")) return blocks[0]!.Json;
  return blocks.length > 0 && blocks.every(({ Text: text }) => typeof text === "string")
    ? blocks.map(({ Text: text }) => text).join("\n")
    : content;
}

function readUses(assistant: JsonObject, position: string, ledger: Ledger): void {
  const { ToolUse: use } = assistant;
  if (!isJsonObject(use)) return;
  ledger.nextTurn();
  if (!Array.isArray(use.tool_uses)) return ledger.foreign(position, "tool_uses is not a list");
  use.tool_uses.forEach((call, i) => {
    const place = `${position}, call ${i + 1}`;
    if (!isJsonObject(call)) return ledger.foreign(place, "no JSON object");
    ledger.call({ position: place, id: call.id, tool: call.name ?? call.orig_name, args: call.args });
  });
}
