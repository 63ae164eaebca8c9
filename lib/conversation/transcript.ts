import type { JsonObject } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";

/** Formats of conversations that can be read. */
export const FORMATS = ["openai", "anthropic", "otel"] as const satisfies readonly Format[];

/** The format of a conversation. */
export type Format = "openai" | "anthropic" | "otel";

/** Something of the input that is not in the runpack, and why. */
export interface Skipped {
  /** Where it stands, counted from 1, e.g. `message 3, call 2`. */
  readonly position: string;
  /** Why. */
  readonly reason: string;
}

/** One call of a tool. */
export interface ToolCall {
  /** Its own id; absent when it has none. */
  readonly id: string | undefined;
  readonly tool: string;
  readonly args: JsonObject;
  /** Its arguments were no JSON object, so `args` holds their text under `raw`. */
  readonly rawArguments: boolean;
  readonly time: Rfc3339 | undefined;
}

/** The answer to a call. */
export interface ToolAnswer {
  /** Index of the call among the calls of its transcript. */
  readonly call: number;
  readonly status: "ok" | "error";
  readonly result: JsonObject;
  readonly time: Rfc3339 | undefined;
}

/** What every format is read into: the calls of one conversation, in order, and the answers to them. */
export interface Transcript {
  readonly calls: readonly ToolCall[];
  /** In the order in which they came; at most one a call. */
  readonly answers: readonly ToolAnswer[];
  readonly skipped: readonly Skipped[];
  /** When it began and ended, as far as the input tells. */
  readonly start: Rfc3339 | undefined;
  readonly finish: Rfc3339 | undefined;
}
