import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";

/**
 * Members that contain calls or answers in known formats, in lower case without `_` and `-`: messages of OpenAI,
 * LangChain, Bedrock, Gemini, the Vercel AI SDK and others. Definitions of tools (`tools`, `functions`) don't count.
 */
const MEMBERS = new Set([
  "toolcall",
  "toolcalls",
  "invalidtoolcalls",
  "functioncall",
  "functioncalls",
  "functionresponse",
  "tooluse",
  "tooluses",
  "toolinvocation",
  "toolinvocations",
  "toolresult",
  "toolresults",
  "toolresponse",
  "toolcallid",
  "toolcallids",
  "tooluseid",
]);

/** Types of blocks, items and parts that are calls or answers, in the same spelling. */
const KIND =
  /^(?:toolcalls?|(?:mcp)?tooluse|(?:mcp)?toolresult|toolresponse|toolinvocation|toolmessage|dynamictool|(?:functioncall|customtoolcall|localshellcall|shellcall|applypatchcall|mcpcall|computercall)(?:output)?|functionresponse|toolsearch(?:call|output))$/;

/** Roles of messages that are a call or an answer alone; those of `tool` and `function` are read by their ids. */
const ROLE = /^(?:toolcalls?|tooluse|toolresponse|toolresult|functioncall|functionresponse)$/;

/**
 * Tools that the model provider runs itself (a search, its own sandbox). They are no tools of the agent, so they are
 * listed as skipped instead of refusing the conversation.
 */
const HOSTED =
  /^(?:server_tool_use|(?:web_search|file_search|code_interpreter|image_generation)_call|.+_tool_result)$/;

/** The member of an object that indicates a call or an answer, if any. Does not search nested values. */
export function callMark(value: JsonObject): string | undefined {
  for (const [name, member] of Object.entries(value)) {
    if (MEMBERS.has(plain(name)) && holdsSomething(member) && !isSetting(name, member)) {
      return `"${name.slice(0, 80)}"`;
    }
  }
  const { type, role } = value;
  if (typeof role === "string" && ROLE.test(plain(role.slice(0, 80)))) return `role "${role.slice(0, 80)}"`;
  if (typeof type !== "string" || type.length > 80) return undefined;
  // The Vercel AI SDK names a part after its tool: `tool-getWeather`.
  return KIND.test(plain(type)) || type.startsWith("tool-") ? `type "${type}"` : undefined;
}

/**
 * Whether an object only says to which call something belongs, as the note that Claude Code keeps beside the session of
 * a subagent: it has the id of a call, and nothing in which a call or its answer could be.
 */
export function refersToCall(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const members = Object.entries(value);
  return members.some(([name]) => REFERENCES.has(plain(name))) &&
    members.every(([name, member]) =>
      !HELD.has(plain(name)) && (typeof member !== "object" || member === null) &&
      (REFERENCES.has(plain(name)) || callMark({ [name]: member }) === undefined)
    );
}

/** Members with the id of a call. */
const REFERENCES = new Set(["toolcallid", "tooluseid"]);

/** Members that have a call or its answer, or say that they are one, beside its id. */
const HELD = new Set([
  "role",
  "type",
  "name",
  "toolname",
  "content",
  "text",
  "output",
  "result",
  "response",
  "error",
  "input",
  "args",
  "arguments",
  "parameters",
]);

/** How the solvers of Inspect deal with calls, which stands in the plan of an evaluation. */
const isSetting = (name: string, value: JsonValue) =>
  name === "tool_calls" && (value === "loop" || value === "single" || value === "none");

/** The member at any depth of a value that indicates a call or an answer. */
export function findCallMark(value: JsonValue | undefined): string | undefined {
  return find(value, callMark);
}

/**
 * The member of a conversation outside of its messages that indicates a call. Tool definitions are skipped, because
 * their parameters may have the same names, and so are numbers, which only count calls.
 */
export function callMarkOutside({ messages: _, ...about }: JsonObject): string | undefined {
  const isOpen = ([name, member]: [string, JsonValue]) =>
    typeof member !== "number" && name !== "tools" && name !== "functions";
  const openOf = (object: JsonObject) => Object.fromEntries(Object.entries(object).filter(isOpen));
  return find(about, (object) => callMark(openOf(object)), (object) => Object.values(openOf(object)));
}

/** Like {@linkcode findCallMark}, but also finds indications of calls that are not the agent's own. */
export function findAnyCallMark(value: JsonValue): string | undefined {
  return find(value, (object) => {
    const { role, type } = object;
    if (role === "tool" || role === "function") return `role "${role}"`;
    const reason = [object.stop_reason, object.finish_reason].find(stoppedForCalls);
    if (reason !== undefined) return `reason to stop "${reason}"`;
    if (typeof type === "string" && type.length <= 80 && HOSTED.test(type)) return `type "${type}"`;
    return callMark(object);
  });
}

/** Whether a model stopped in order to call tools. */
export function stoppedForCalls(reason: JsonValue | undefined): boolean {
  return typeof reason === "string" && /^(?:toolcalls?|tooluse|functioncall)$/.test(plain(reason.trim()));
}

function find(
  value: JsonValue | undefined,
  markOf: (value: JsonObject) => string | undefined,
  membersOf: (value: JsonObject) => readonly JsonValue[] = Object.values,
): string | undefined {
  if (!Array.isArray(value) && !isJsonObject(value)) return undefined;
  const mark = Array.isArray(value) ? undefined : markOf(value);
  if (mark !== undefined) return mark;
  for (const member of Array.isArray(value) ? value : membersOf(value)) {
    const found = find(member, markOf, membersOf);
    if (found !== undefined) return found;
  }
  return undefined;
}

const plain = (name: string) => name.toLowerCase().replace(/[_-]/g, "");

function holdsSomething(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}
