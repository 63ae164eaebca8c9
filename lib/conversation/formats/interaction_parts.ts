import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { objectsIn, textIn } from "./reader.ts";

const EVENT = /^(?:interaction\.(?:created|completed|status_update)|step\.(?:start|delta|stop))$/;

/** Whether a value is an event of a streamed interaction. */
export const isEvent = (value: JsonObject): boolean =>
  typeof value.event_type === "string" && EVENT.test(value.event_type);

const STEP =
  /^(?:user_input|model_output|thought|(?:function|code_execution|google_search|google_maps|url_context|file_search|retrieval|tool_search|processing|mcp_server_tool)_(?:call|result))$/;

/** Whether a value is a step of an interaction. */
export const isStep = (value: JsonObject): boolean => typeof value.type === "string" && STEP.test(value.type);

/** The interaction that a value is, or that its event has; `undefined` if it is none. */
export function interactionIn(value: JsonValue): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const whole = isEvent(value) ? value.interaction : value;
  if (!isJsonObject(whole)) return undefined;
  if (isEvent(value)) return whole;
  const steps = objectsIn(whole.steps);
  return typeof whole.status === "string" && (whole.object === "interaction" || steps.some(isStep))
    ? whole
    : undefined;
}

/** The steps in a list, or the only one. */
export function stepsIn(value: JsonValue | undefined): JsonObject[] {
  return isJsonObject(value) ? [value] : objectsIn(value);
}

/**
 * Which interactions follow each other: one names the one before it, or it is asked with the calls of others, as a
 * program does that keeps the history itself. An event, or a step that stands alone, is of the last one.
 */
export class InteractionChains {
  readonly #chains = new Map<string, string>();
  readonly #calls = new Map<string, string>();
  #last = "";
  #streaming = "";
  #areMixed = false;

  /** Whether events of two streams stand between each other, which no event tells apart. */
  get areMixed(): boolean {
    return this.#areMixed;
  }

  keyOf(value: JsonValue): string {
    if (!isJsonObject(value)) return this.#last;
    const interaction = interactionIn(value);
    if (interaction !== undefined) {
      const id = textIn(interaction.id) ?? "";
      this.#last = this.#chains.get(id) ?? this.#before(interaction) ?? id;
      if (value.event_type === "interaction.created") this.#streaming = id;
      if (value.event_type === "interaction.completed") this.#areMixed ||= this.#streaming !== id;
      if (id !== "") this.#chains.set(id, this.#last);
    } else {
      // A step between interactions goes with the chain of its call.
      const call = textIn(value.call_id);
      this.#last = (call === undefined ? undefined : this.#calls.get(call)) ?? this.#last;
    }
    const step = isJsonObject(value.step) ? value.step : undefined;
    for (const one of [...stepsIn(interaction?.steps), ...(step === undefined ? [] : [step]), value]) {
      const id = /_call$/.test(textIn(one.type) ?? "") ? textIn(one.id) : undefined;
      if (id !== undefined) this.#calls.set(id, this.#last);
    }
    return this.#last;
  }

  #before(interaction: JsonObject): string | undefined {
    const id = textIn(interaction.previous_interaction_id);
    if (id !== undefined) return this.#chains.get(id);
    for (const step of stepsIn(interaction.input)) {
      const chain = this.#calls.get(textIn(step.id) ?? textIn(step.call_id) ?? "");
      if (chain !== undefined) return chain;
    }
    return undefined;
  }
}
