import { GaitError, invalidInput } from "../errors/mod.ts";
import { isJsonObject, type JsonLine, type JsonValue, readJson, readJsonLines } from "../formats/json/mod.ts";

/** The values that an input consists of: members of its list, its lines, or the one document. */
export interface Roots {
  readonly values: readonly JsonValue[];
  /** Where the value of an index stands, for people. */
  readonly position: (index: number) => string;
}

/** An id of 19 digits is kept to the digit, as a text: rounded, two calls for different things become one. */
const STRICTLY = { duplicates: "refuse", numbers: "text" } as const;

/** Largest input; whoever reads the bytes asks for no more. */
export const MAX_CONVERSATION_BYTES = 256 * 1024 * 1024;

/**
 * Read an input as JSON or, where it is none but its lines are, as JSONL. A key that occurs twice in an object is
 * refused: readers would disagree on what the agent did, and the runpack would attest one reading.
 *
 * @throws {GaitError} `invalid_input` when it is neither
 */
export function readRoots(bytes: Uint8Array, what: string): Roots {
  let document: JsonValue;
  try {
    document = readJson(bytes, { what, ...STRICTLY });
  } catch (error) {
    const lines = readLines(bytes, what);
    if (lines === undefined) throw error;
    return { values: lines.map(({ value }) => value), position: (i) => `line ${lines[i]!.line}` };
  }
  if (Array.isArray(document)) return { values: document, position: (i) => `conversation ${i + 1}` };
  if (isJsonObject(document)) return { values: [document], position: () => "conversation 1" };
  throw invalidInput(`Cannot read ${what}: expected conversations, found a bare JSON value`);
}

/** The documents of a JSONL file; nothing when not even the first line is one, so that it is damaged JSON. */
function readLines(bytes: Uint8Array, what: string): JsonLine[] | undefined {
  const lines: JsonLine[] = [];
  try {
    for (const line of readJsonLines(bytes, what, STRICTLY)) lines.push(line);
  } catch (error) {
    if (lines.length === 0 && error instanceof GaitError) return undefined;
    throw error;
  }
  return lines.length > 1 ? lines : undefined;
}
