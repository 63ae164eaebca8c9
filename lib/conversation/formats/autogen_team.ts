import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { objectsIn } from "./reader.ts";

/**
 * The messages in the saved state of a team of AutoGen; `undefined` if a value is none.
 *
 * A call stands in the thread of the team, where it has a time, and again in the context of the agent that made it. A
 * team may be an agent of another one, whose thread repeats its messages.
 */
export function teamMessagesIn(value: JsonValue): JsonObject[] | undefined {
  if (!isJsonObject(value) || value.type !== "TeamState" || !isJsonObject(value.agent_states)) {
    return undefined;
  }
  const threads: JsonObject[] = [];
  const contexts: JsonObject[] = [];
  collect(value.agent_states, threads, contexts);
  const ids = new Set<string>();
  const thread = threads.filter(({ id }) => {
    const isNew = typeof id !== "string" || !ids.has(id);
    if (typeof id === "string") ids.add(id);
    return isNew;
  });
  const known = new Set(thread.map(callsOf));
  const others = contexts.filter((message) => Array.isArray(message.content) && !known.has(callsOf(message)));
  return [...thread, ...others];
}

/** The calls of a message, or their results. */
const callsOf = ({ content }: JsonObject) => canonicalize(content ?? null);

function collect(value: JsonValue | undefined, threads: JsonObject[], contexts: JsonObject[]): void {
  if (Array.isArray(value)) return value.forEach((one) => collect(one, threads, contexts));
  if (!isJsonObject(value)) return;
  const { message_thread: thread, llm_context: context, ...others } = value;
  for (const message of objectsIn(thread)) threads.push(message);
  for (const message of isJsonObject(context) ? objectsIn(context.messages) : []) contexts.push(message);
  collect(Object.values(others), threads, contexts);
}
