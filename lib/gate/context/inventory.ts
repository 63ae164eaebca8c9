import { invalidInput } from "../../errors/mod.ts";
import { isJsonObject, type JsonObject, readJson } from "../../formats/json/mod.ts";
import { eachObject, lowered } from "../../intent/fields.ts";
import type { Intent } from "../../intent/types.ts";

/** The facts of an inventory, as members of auth_context, by tool name. */
export type Inventory = ReadonlyMap<string, JsonObject>;

/**
 * Read a tool inventory: `{"items": […]}` or a bare list (docs/spec/gate.md 4.7). The last entry of a tool wins.
 *
 * @throws {GaitError} `invalid_input` when it can't be used
 */
export function parseInventory(bytes: Uint8Array | string, what = "inventory"): Inventory {
  const document = readJson(bytes, { what, duplicates: "refuse" });
  const holder = Array.isArray(document) ? { items: document } : document;
  if (!isJsonObject(holder) || !Array.isArray(holder["items"])) {
    throw invalidInput(`Cannot read ${what}: expected a list, or an object with a list "items"`);
  }
  const entries = eachObject(holder, "items", `${what}: `, readItem);
  return new Map(entries.filter(([toolName]) => toolName !== ""));
}

/**
 * A function that adds the facts about the tool of an intent, replacing members that the caller set. Intents of
 * unlisted tools are unchanged. For a script it is called once per step.
 */
export function enrichFrom(inventory: Inventory): (intent: Intent) => Intent {
  return (intent) => {
    const facts = inventory.get(intent.toolName);
    if (!facts) return intent;
    const authContext = { ...intent.context.authContext, ...facts };
    return { ...intent, context: { ...intent.context, authContext } };
  };
}

/** Whether an inventory lists the tool of an intent, or of any step of a script. */
export function isListed(inventory: Inventory, intent: Intent): boolean {
  const tools = intent.script ? intent.script.steps.map((step) => step.toolName) : [intent.toolName];
  return tools.some((tool) => inventory.has(tool));
}

function readItem(item: JsonObject, at: string): [string, JsonObject] {
  const toolName = lowered(item, "tool_name", at);
  return [toolName, {
    "wrkr.tool_name": toolName,
    "wrkr.data_class": lowered(item, "data_class", at),
    "wrkr.endpoint_class": lowered(item, "endpoint_class", at),
    "wrkr.autonomy_level": lowered(item, "autonomy_level", at),
  }];
}
