import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { messageFormat } from "./message_format.ts";
import { objectsIn, wordOf } from "./reader.ts";
import type { Message } from "../messages.ts";

/** Chat histories of Semantic Kernel, as .NET and Python serialise them. */
export const semanticKernel = messageFormat(
  {
    title: "Semantic Kernel chat histories: .NET, Python",
    reads:
      "items `FunctionCallContent` and `FunctionResultContent`, also as `function_call` and `function_result`",
    lost: "what was said",
    example:
      '[{"Role":{"Label":"assistant"},"Items":[{"$type":"FunctionCallContent","Id":"c1","PluginName":"bank","FunctionName":"pay","Arguments":{}}]}]',
  },
  (value) => itemsIn(value).some((item) => isCall(item) || isResult(item)),
  ({ value, position, time }, ledger) => {
    const role = value.Role ?? value.role;
    if (typeof role !== "string" && !isJsonObject(role)) {
      return ledger.leaveOut(position, value, "message without a role");
    }
    ledger.use(time);
    ledger.nextTurn();
    itemsIn(value).forEach((item, i) =>
      readItem(item, { position: `${position}, item ${i + 1}`, time }, ledger)
    );
  },
  { own: (value) => value },
);

function itemsIn(value: JsonObject): JsonObject[] {
  return objectsIn(value.Items ?? value.items);
}

const typeOf = (item: JsonObject) => item.$type ?? item.content_type;
const isCall = (item: JsonObject) =>
  typeOf(item) === "FunctionCallContent" || item.content_type === "function_call";
const isResult = (item: JsonObject) =>
  typeOf(item) === "FunctionResultContent" || item.content_type === "function_result";

function readItem(
  item: JsonObject,
  { position, time }: Pick<Message, "position" | "time">,
  ledger: Ledger,
): void {
  const id = item.Id ?? item.CallId ?? item.call_id ?? item.id;
  if (isCall(item)) {
    const args = item.Arguments ?? item.arguments;
    ledger.call({ position, id, tool: toolIn(item), args: args ?? {}, time });
  } else if (isResult(item)) {
    const content = item.Result ?? item.result;
    const tool = toolIn(item);
    const failed = typeof content === "string" && typeof tool === "string" && failsToRun(content, tool)
      ? true
      : undefined;
    ledger.answer({ position, id: item.CallId ?? id, tool, content, failed, time, mayPrecede: true });
  } else if (!/text|image|audio|reasoning|binary|file|annotation/i.test(asText(typeOf(item) ?? "text"))) {
    ledger.leaveOut(position, item, `item of type "${wordOf(typeOf(item))}"`);
  }
}

/**
 * Whether a text stands for the result of a function that raised an exception; there is no other mark of it. It has
 * the name of the plugin even where the call was made without.
 */
function failsToRun(text: string, tool: string): boolean {
  const named = /^An error occurred while invoking the function ([^\s:]{1,200}): /.exec(text)?.[1];
  return named === tool || !tool.includes("-") && named !== undefined && named.endsWith(`-${tool}`);
}

/** A function is known to the model by the name of its plugin and its own. */
function toolIn(item: JsonObject): JsonValue | undefined {
  const plugin = item.PluginName ?? item.plugin_name;
  const name = item.FunctionName ?? item.function_name ?? item.name;
  return typeof plugin === "string" && plugin !== "" && typeof name === "string" ? `${plugin}-${name}` : name;
}
