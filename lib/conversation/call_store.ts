import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { readArguments, readResult } from "./payload.ts";
import type { AroundCalls, ToolAnswer, ToolCall, Transcript } from "./transcript.ts";

/** What is kept of a call beside its arguments. */
export interface KnownCall {
  readonly id: string | undefined;
  readonly tool: string;
  readonly provenance: readonly JsonObject[];
  readonly time: Rfc3339 | undefined;
}

/** What is kept of an answer beside its result. */
export interface KnownAnswer {
  /** Index of the call. */
  readonly call: number;
  /** Whether the call failed according to the format; `undefined` if it does not say. */
  readonly failed: boolean | undefined;
  readonly time: Rfc3339 | undefined;
}

/** Keeps the calls of a conversation and their answers, in order. */
export interface CallStore {
  /** Number of calls. */
  readonly length: number;
  addCall(call: KnownCall, args: JsonValue | undefined): void;
  addAnswer(answer: KnownAnswer, content: JsonValue | undefined): void;
  /** The transcript of what was added. */
  close(rest: AroundCalls): Transcript;
}

/** Keeps them as values, which is simple. */
export class CallValues implements CallStore {
  readonly #calls: ToolCall[] = [];
  readonly #answers: ToolAnswer[] = [];

  get length(): number {
    return this.#calls.length;
  }

  addCall(call: KnownCall, args: JsonValue | undefined): void {
    this.#calls.push({ ...readArguments(args), ...call });
  }

  addAnswer({ call, failed, time }: KnownAnswer, content: JsonValue | undefined): void {
    this.#answers.push({ ...readResult(content, failed), call, time });
  }

  close(rest: AroundCalls): Transcript {
    return { calls: this.#calls, answers: this.#answers, ...rest };
  }
}
