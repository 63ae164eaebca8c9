import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { messageFormat } from "./message_format.ts";
import { joinTexts, type Message, timeIn } from "../messages.ts";
import { isNonEmpty } from "../payload.ts";
import { objectsIn } from "./reader.ts";

/** Messages of the Microsoft Agent Framework, in Python and in .NET, whose messages are those of its extensions for AI. */
export const agentFramework = messageFormat(
  {
    title: "Microsoft Agent Framework: messages, responses, sessions (Python); messages of .NET",
    reads: "contents `function_call` and `function_result`, or `functionCall` and `functionResult` of .NET",
    lost: "what was said; requests for approval",
    example:
      '[{"type":"message","role":"assistant","contents":[{"type":"function_call","call_id":"c1","name":"pay","arguments":"{}"}]}]',
  },
  (value) => contentsIn(value).some((content) => isCall(content) || isResult(content) || asksFor(content)),
  ({ value, position, time: given }, ledger) => {
    const role = roleOf(value);
    if (role === undefined) return ledger.leaveOut(position, value, "message without a role");
    const time = given ?? timeIn(value, position, ledger, ["createdAt"]);
    ledger.use(time);
    if (role === "assistant") ledger.nextTurn();
    const contents = contentsIn(value);
    const asked = new Set(contents.filter(isCall).map(idOf));
    contents.forEach((content, i) => {
      // A call that needs an approval stands beside the request for it, or in the request alone.
      const { type, function_call: held } = content;
      const isHeld = type === "function_approval_request" && isJsonObject(held) && !asked.has(idOf(held));
      readContent(isHeld ? held : content, { position: `${position}, content ${i + 1}`, time }, ledger);
    });
  },
  {
    inside: messagesIn,
    own: (value) => contentsIn(value).filter(({ type }) => !APPROVALS.has(asText(type))),
  },
);

/** The messages of a list or response, or of the history that a session keeps; a message holds contents, no messages. */
function messagesIn(value: JsonValue): JsonValue[] | undefined {
  if (Array.isArray(value)) return value;
  if (!isJsonObject(value)) return undefined;
  if (Array.isArray(value.messages)) return value.messages;
  const kept = isJsonObject(value.state) ? Object.values(value.state) : [];
  const histories = kept.flatMap((part) => isJsonObject(part) && Array.isArray(part.messages) ? [part] : []);
  return histories.length === 0 ? undefined : histories.flatMap((part) => part.messages as JsonValue[]);
}

/** Contents that repeat the call that they are about. */
const APPROVALS = new Set(["function_approval_request", "function_approval_response"]);

const asksFor = ({ type, function_call: held }: JsonObject) =>
  APPROVALS.has(asText(type)) && isJsonObject(held);

const contentsIn = ({ contents }: JsonObject) => objectsIn(contents);

/** A role is a text, or an object with it. */
function roleOf({ role }: JsonObject): string | undefined {
  const name = isJsonObject(role) ? role.value : role;
  return typeof name === "string" ? name : undefined;
}

const typeOf = ({ type, $type }: JsonObject) => asText(type ?? $type ?? "");
const isCall = (content: JsonObject) =>
  /^function(?:_c|C)all$/.test(typeOf(content)) && idOf(content) !== null;
const isResult = (content: JsonObject) =>
  /^function(?:_r|R)esult$/.test(typeOf(content)) && idOf(content) !== null;
const idOf = ({ call_id: id, callId }: JsonObject) => id ?? callId ?? null;

function readContent(
  content: JsonObject,
  { position, time }: Pick<Message, "position" | "time">,
  ledger: Ledger,
): void {
  const id = idOf(content);
  if (isCall(content)) {
    return void ledger.call({ position, id, tool: content.name, args: content.arguments ?? {}, time });
  }
  if (isResult(content)) {
    const { exception, result } = content;
    // A person who rejects a call is told of in fixed words alone.
    const isFailed = isNonEmpty(exception) || typeof result === "string" && result.startsWith(REJECTED);
    const given = joinTexts(result, position, ledger);
    return ledger.answer({ position, id, content: given, failed: isFailed ? true : undefined, time });
  }
  if (!SPEECH.test(typeOf(content))) {
    ledger.leaveOut(position, content, `content of type "${typeOf(content).slice(0, 80)}"`);
  }
}

const REJECTED = "Error: Tool call invocation was rejected";

const SPEECH =
  /^(?:text|text_?reasoning|reasoning|data|uri|error|usage|hosted_?(?:file|vector_?store)|function_?approval_?(?:request|response)|user_?input_?(?:request|response)|oauth_consent_request)$/i;
