import type { JsonValue } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";

/** A call by its id, for messages. */
export const quoteCall = (name: string) => `call "${name.slice(0, 80)}"`;
export const NOT_THERE = "which is not there";

/** What an answer says. */
export interface AnswerBody {
  readonly content: JsonValue | undefined;
  /** Whether the call failed according to the format; `undefined` if it does not say. */
  readonly failed?: boolean | undefined;
  readonly time?: Rfc3339 | undefined;
}

/** An answer whose call is not there yet. */
export interface EarlyAnswer {
  readonly position: string;
  readonly id: string;
  readonly answer: AnswerBody;
}

/** The answers of a conversation that stand before their calls. */
export class EarlyAnswers {
  readonly #waiting: EarlyAnswer[] = [];
  /** The calls that have the id of an early answer. */
  readonly #callsOf = new Map<string, number[]>();
  readonly #answered = new Set<number>();

  add(answer: EarlyAnswer): void {
    this.#waiting.push(answer);
    if (!this.#callsOf.has(answer.id)) this.#callsOf.set(answer.id, []);
  }

  /** A call was found. */
  meetCall(id: string, call: number): void {
    this.#callsOf.get(id)?.push(call);
  }

  /** A call was answered. */
  meetAnswer(call: number): void {
    if (this.#waiting.length > 0) this.#answered.add(call);
  }

  /** Give the answers to their calls, where an id leaves no doubt: of one call, without another answer. */
  give(
    answerTo: (call: number, answer: AnswerBody) => void,
    skip: (position: string, reason: string) => void,
  ): void {
    for (const { position, id, answer } of this.#waiting) {
      const [call, ...others] = this.#callsOf.get(id)!.slice(0, 2);
      if (call === undefined) skip(position, `answer to ${quoteCall(id)}, ${NOT_THERE}`);
      else if (others.length > 0) {
        skip(position, `answer before several calls with its id, to ${quoteCall(id)}`);
      } else if (this.#answered.has(call)) skip(position, `second answer to ${quoteCall(id)}`);
      else answerTo(call, answer);
    }
  }
}
