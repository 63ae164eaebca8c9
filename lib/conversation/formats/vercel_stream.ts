import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { type Element, idIn } from "./reader.ts";

/** Parts of a stream of UI messages that tell of tools, and the state that a tool is in after each. */
const STATES: Readonly<Record<string, string>> = {
  "tool-input-start": "input-streaming",
  "tool-input-delta": "input-streaming",
  "tool-input-available": "input-available",
  "tool-input-error": "output-error",
  "tool-output-available": "output-available",
  "tool-output-error": "output-error",
  "tool-output-denied": "output-denied",
};

/** Whether a value is a part of a stream of UI messages that tells of a tool. */
export function isToolPart({ type, toolCallId }: JsonObject): boolean {
  return typeof type === "string" && Object.hasOwn(STATES, type) && idIn(toolCallId) !== undefined;
}

/** Other parts of such a stream. */
const OTHERS =
  /^(?:start|finish|abort|error|start-step|finish-step|message-metadata|(?:text|reasoning)-(?:start|delta|end)|tool-approval-(?:request|response)|source-url|source-document|file|data-.{1,80})$/;

/** Merge the parts of a stream into the messages that a user interface would show; other elements stay. */
export function mergeUiStream(elements: readonly Element[]): Element[] {
  if (!elements.some(({ value }) => isJsonObject(value) && isToolPart(value))) return [...elements];
  const merged: Element[] = [];
  let tools = new Map<string, JsonObject>();
  let position: string | undefined;
  const close = () => {
    if (position !== undefined) {
      merged.push({ position, value: { role: "assistant", parts: [...tools.values()] } });
    }
    tools = new Map();
    position = undefined;
  };
  for (const element of elements) {
    const { value } = element;
    const type = isJsonObject(value) && value.role === undefined && typeof value.type === "string"
      ? value.type
      : "";
    if (isJsonObject(value) && isToolPart(value)) {
      position ??= element.position;
      const id = idIn(value.toolCallId)!;
      tools.set(id, { ...tools.get(id), ...reportedIn(value), type: "dynamic-tool", state: stateOf(value) });
    } else if (!OTHERS.test(type)) merged.push(element);
    else if (type === "start") close();
    else position ??= element.position;
  }
  close();
  return merged;
}

/** A preliminary output is followed by the one that counts. */
function stateOf({ type, preliminary }: JsonObject): string {
  return preliminary === true ? "input-available" : STATES[asText(type)]!;
}

const REPORTED = ["toolCallId", "toolName", "input", "output", "errorText"] as const;

const reportedIn = (part: JsonObject): JsonObject =>
  Object.fromEntries(
    REPORTED.flatMap((name) => part[name] === undefined ? [] : [[name, part[name] as JsonValue]]),
  );
