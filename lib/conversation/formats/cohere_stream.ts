import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { BROKEN_OFF } from "./broken_off.ts";

const EVENTS = new Set([
  "message-start",
  "content-start",
  "content-delta",
  "content-end",
  "tool-plan-delta",
  "tool-call-start",
  "tool-call-delta",
  "tool-call-end",
  "citation-start",
  "citation-end",
  "message-end",
]);

/** Whether a value is an event of a streamed answer of Cohere. */
export const isCohereEvent = ({ type, delta, index }: JsonObject): boolean =>
  typeof type === "string" && EVENTS.has(type) && (isJsonObject(delta) || index !== undefined);

/** The events of one streamed answer of Cohere's Chat API. */
export class CohereStream {
  readonly at: number;
  readonly #calls = new Map<string, { call: JsonObject; args: string[]; ended: boolean }>();
  #id: JsonValue = null;
  #finish: JsonValue = null;

  constructor(at: number) {
    this.at = at;
  }

  add(event: JsonObject): void {
    const delta = isJsonObject(event.delta) ? event.delta : {};
    const message = isJsonObject(delta.message) ? delta.message : {};
    const call = isJsonObject(message.tool_calls) ? message.tool_calls : {};
    const named = isJsonObject(call.function) ? call.function : {};
    const args = typeof named.arguments === "string" ? [named.arguments] : [];
    const index = asText(event.index ?? "");
    switch (event.type) {
      case "message-start":
        this.#id = event.id ?? null;
        break;
      case "tool-call-start":
        this.#calls.set(index, {
          call: { id: call.id ?? null, name: named.name ?? null },
          args,
          ended: false,
        });
        break;
      case "tool-call-delta":
        this.#calls.get(index)?.args.push(...args);
        break;
      case "tool-call-end": {
        const open = this.#calls.get(index);
        if (open) open.ended = true;
        break;
      }
      case "message-end":
        this.#finish = delta.finish_reason ?? "COMPLETE";
    }
  }

  /** The answer as the API gives it whole. */
  whole(): JsonObject {
    const calls = [...this.#calls.values()].map(({ call: { id, name }, args, ended }) => ({
      id: id!,
      type: "function",
      function: { name: name!, arguments: args.join("") },
      ...(ended ? {} : { [BROKEN_OFF]: true }),
    }));
    return {
      ...(this.#id === null ? {} : { id: this.#id }),
      finish_reason: asText(this.#finish ?? "none"),
      message: { role: "assistant", tool_calls: calls },
    };
  }
}
