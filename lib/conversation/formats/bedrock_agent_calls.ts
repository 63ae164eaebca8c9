import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { isNonEmpty } from "../payload.ts";
import { objectsIn, textIn } from "./reader.ts";

/** An invocation that an agent asks for. */
export interface Invocation {
  readonly kind: string;
  readonly tool: JsonValue | undefined;
  readonly args: JsonValue | undefined;
  readonly own?: string | undefined;
}

/** The invocations of a step. */
export function callsIn(step: JsonObject): Invocation[] {
  const { actionGroupInvocationInput: action, knowledgeBaseLookupInput: base } = step;
  const { codeInterpreterInvocationInput: code, agentCollaboratorInvocationInput: other } = step;
  const calls: Invocation[] = [];
  if (isJsonObject(action)) {
    calls.push({ kind: "action", ...actionOf(action), own: textIn(action.invocationId) });
  }
  if (isJsonObject(base)) calls.push({ kind: "knowledge base", tool: "knowledge_base", args: base });
  if (isJsonObject(code)) calls.push({ kind: "code", tool: "code_interpreter", args: code });
  if (isJsonObject(other)) {
    calls.push({ kind: "collaborator", tool: other.agentCollaboratorName, args: other.input });
  }
  return calls;
}

/** The tool and arguments of an action group: a function, or an operation of an API. */
export function actionOf(action: JsonObject): Pick<Invocation, "tool" | "args"> {
  const group = action.actionGroupName ?? action.actionGroup;
  const { function: named, verb, httpMethod, apiPath, parameters, requestBody } = action;
  const path = [verb ?? httpMethod, apiPath].filter((part) => typeof part === "string").join(" ");
  const name = typeof named === "string" ? named : path;
  const content = isJsonObject(requestBody) ? requestBody.content : undefined;
  return {
    tool: [group, name].filter((part) => typeof part === "string" && part !== "").join("__"),
    args: {
      ...argumentsOf(parameters),
      ...(isNonEmpty(content) ? { requestBody: bodyOf(content!) } : {}),
    },
  };
}

/** Parameters by their names; those that share one stay the list that they are. */
function argumentsOf(list: JsonValue | undefined): JsonObject {
  const named = objectsIn(list);
  const names = new Set(named.map(({ name }) => asText(name ?? "")));
  if (names.size !== named.length) return { parameters: list! };
  return Object.fromEntries(named.map(({ name, value }) => [asText(name ?? ""), value ?? null]));
}

/** A body by its type, each with its properties, which are a list of names and values. */
function bodyOf(content: JsonValue): JsonValue {
  if (!isJsonObject(content)) return content;
  return Object.fromEntries(
    Object.entries(content).map(([type, value]) => {
      const list = isJsonObject(value) ? value.properties ?? value : value;
      return [type, Array.isArray(list) ? argumentsOf(list) : list];
    }),
  );
}
