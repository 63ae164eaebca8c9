import { isJsonObject, type JsonObject } from "../../../formats/json/mod.ts";

/** What is decided (docs/spec/mcp.md 10.2). */
export type SubjectKind = "tool" | "resource" | "prompt" | "sampling" | "elicitation";

/** The methods that are decided, and what they are about. */
export const DECIDED: Readonly<Record<string, SubjectKind>> = {
  "tools/call": "tool",
  "resources/read": "resource",
  "prompts/get": "prompt",
  "sampling/createMessage": "sampling",
  "elicitation/create": "elicitation",
};

/** A call that is decided: who asks whom for what. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly method: string;
  /** The tool, resource or prompt as the protocol names it; the method for what the server asks. */
  readonly name: string;
  /** What the intent is about. */
  readonly args: JsonObject;
  /** The call becomes a task: its answer is no tool result. */
  readonly isTask: boolean;
  /** The answers of the client to what an earlier result asked for. */
  readonly continuation: JsonObject | undefined;
}

/** Why a request can't be decided: its parameters are not those of its method. */
export interface BadParams {
  readonly badParams: string;
}

/** What a request of a decided method is about. */
export function subjectOf(method: string, params: JsonObject): Subject | BadParams {
  const kind = DECIDED[method]!;
  const common = { kind, method, isTask: false, continuation: continuationOf(params) };
  switch (kind) {
    case "tool": {
      const { name, arguments: args = {}, task } = params;
      if (typeof name !== "string") return { badParams: "params.name is no text" };
      if (!isJsonObject(args)) return { badParams: "params.arguments is no object" };
      if (task !== undefined && !isJsonObject(task)) return { badParams: "params.task is no object" };
      return { ...common, name, args, isTask: task !== undefined };
    }
    case "prompt": {
      const { name, arguments: args = {} } = params;
      if (typeof name !== "string") return { badParams: "params.name is no text" };
      if (!isJsonObject(args)) return { badParams: "params.arguments is no object" };
      return { ...common, name, args: { name, arguments: args } };
    }
    case "resource": {
      const { uri } = params;
      if (typeof uri !== "string") return { badParams: "params.uri is no text" };
      return { ...common, name: uri, args: { uri } };
    }
    case "sampling":
    case "elicitation": {
      const { _meta, ...args } = params;
      return { ...common, name: method, args };
    }
  }
}

/** A retry of the stateless revision carries answers, and what the server wants back. */
function continuationOf(params: JsonObject): JsonObject | undefined {
  const { inputResponses, requestState } = params;
  if (inputResponses === undefined && requestState === undefined) return undefined;
  return {
    ...(inputResponses === undefined ? {} : { inputResponses }),
    ...(requestState === undefined ? {} : { requestState }),
  };
}
