import type { JsonObject, JsonValue } from "../../formats/json/mod.ts";
import type { Format } from "../transcript.ts";

/** A call: its id, its tool, its arguments; the status and the result of its answer where there is one. */
export type SeenCall = readonly [
  id: string | undefined,
  tool: string,
  args: JsonValue,
  status?: string,
  result?: JsonValue,
];

/** A log, and what is to be read from it. */
export interface LogCase {
  readonly format: Format;
  readonly lines: readonly JsonValue[];
  readonly calls: readonly SeenCall[];
  /** Reasons that are listed. */
  readonly skipped?: readonly RegExp[];
  readonly start?: string;
}

/** A call of a sample: tool, arguments, and the status and result of its answer where there is one. */
export type SampleCall = readonly [tool: string, args: JsonObject, status?: string, result?: JsonObject];

/** What is to be read from a sample. */
export interface SampleCase {
  readonly format: Format;
  /** The calls of each run. */
  readonly runs: readonly (readonly SampleCall[])[];
  /** Reasons that are listed. */
  readonly skipped?: readonly RegExp[];
}
