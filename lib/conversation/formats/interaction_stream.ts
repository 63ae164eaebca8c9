import { asText, isJsonObject, type JsonObject } from "../../formats/json/mod.ts";
import { textIn } from "./reader.ts";

/** What an event of a stream ends or shows. */
interface Shown {
  /** A step that is whole, and where it stands in its interaction. */
  readonly step?: JsonObject;
  readonly place?: string | undefined;
  /** Why calls are left out. */
  readonly broken?: string;
  /** Why the stream can't be read. */
  readonly refused?: string;
}

/** Puts the steps of streamed interactions together from their events. */
export class InteractionStream {
  #id: string | undefined;
  readonly #open = new Map<string, { step: JsonObject; args: string[] }>();

  /** Whether an event is a piece of a call or of a result, which is read once it is whole. */
  isPart(event: JsonObject): boolean {
    const step = isJsonObject(event.step) ? event.step : this.#open.get(asText(event.index ?? ""))?.step;
    return /_(?:call|result)$/.test(textIn(step?.type) ?? "");
  }

  add(event: JsonObject): Shown {
    const index = asText(event.index ?? "");
    switch (event.event_type) {
      case "interaction.created": {
        const broken = this.#left();
        this.#id = isJsonObject(event.interaction) ? textIn(event.interaction.id) : undefined;
        return broken;
      }
      case "interaction.completed":
        return this.#left();
      case "step.start": {
        if (!isJsonObject(event.step)) return {};
        const refused = this.#open.has(index);
        this.#open.set(index, { step: event.step, args: [] });
        return refused ? { refused: "a step that begins within another, as of two streams in one log" } : {};
      }
      case "step.delta":
        return this.#grow(index, event.delta);
      case "step.stop": {
        const open = this.#open.get(index);
        this.#open.delete(index);
        if (open === undefined) return {};
        const { step, args } = open;
        const whole = args.length === 0 ? step : { ...step, arguments: args.join("") };
        return { step: whole, place: this.#id === undefined ? undefined : `${this.#id} ${index}` };
      }
      default:
        return {};
    }
  }

  #grow(index: string, delta: JsonObject[string] | undefined): Shown {
    if (!isJsonObject(delta)) return {};
    const open = this.#open.get(index);
    const isPart = /_call$|_result$|^arguments_delta$/.test(textIn(delta.type) ?? "");
    if (open === undefined) {
      return isPart ? { refused: "a piece of a step whose beginning is not there" } : {};
    }
    if (!isPart) return {};
    if (delta.type === "arguments_delta") {
      if (typeof delta.arguments === "string") open.args.push(delta.arguments);
    } else open.step = { ...open.step, ...delta };
    return {};
  }

  /** What of a stream was not complete when it ended. */
  #left(): Shown {
    const calls = [...this.#open.values()].filter(({ step }) => /_call$/.test(textIn(step.type) ?? ""));
    this.#open.clear();
    return calls.length === 0
      ? {}
      : { broken: `${calls.length} × call that was not complete when the stream broke off` };
  }

  /** How many calls are not complete at the end of the log. */
  end(): string | undefined {
    return this.#left().broken;
  }
}
