import type { JsonValue } from "../../../formats/json/mod.ts";

/** The id of a request. */
export type MessageId = string | number;

/** Why bytes are refused, as a JSON-RPC error. */
export interface Fault {
  readonly kind: "fault";
  readonly code: number;
  readonly reason: string;
  /** The id of the refused message, where it can be read without doubt. */
  readonly id: MessageId | null;
  /** Whether whoever sent it waits for an answer. */
  readonly answerable: boolean;
  /** Whether its id, if it has one, is that of a request and not of an answer. */
  readonly isRequest: boolean;
}

export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;

/** The most members of a batch: as many as may wait for their answers. */
export const MAX_BATCH = 1_024;

/** The longest id, in characters. */
const MAX_ID = 1_024;

/** The fault of a message whose id is not known. */
export function fault(code: number, reason: string): Fault {
  return { kind: "fault", code, reason, id: null, answerable: true, isRequest: false };
}

/**
 * An id that every reader understands alike: a text, or a whole number that a double can represent.
 *
 * @param value its value, if it is a text
 */
export function readId(written: string, value: JsonValue | undefined): MessageId | undefined {
  if (written.startsWith('"')) {
    return typeof value === "string" && value.length <= MAX_ID ? value : undefined;
  }
  if (!/^(?:0|-?[1-9][0-9]{0,15})$/.test(written)) return undefined;
  const number = Number(written);
  return Number.isSafeInteger(number) ? number : undefined;
}
