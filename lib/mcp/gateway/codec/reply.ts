import { concat, utf8 } from "../../../formats/bytes.ts";
import type { JsonObject } from "../../../formats/json/mod.ts";
import type { Fault, MessageId } from "./message.ts";

/** Encode an answer. */
export function encodeResult(id: MessageId, result: JsonObject): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify({ jsonrpc: "2.0", id, result }));
}

/** Encode an error. */
export function encodeError(
  id: MessageId | null,
  code: number,
  message: string,
  data?: JsonObject,
): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify({ jsonrpc: "2.0", id, error: { code, message, ...(data ? { data } : {}) } }));
}

/** Encode why bytes were refused. */
export function encodeFault({ id, code, reason }: Fault): Uint8Array<ArrayBuffer> {
  return encodeError(id, code, `Refused by gait: ${reason}`);
}

/** Encode a request of the gateway itself. */
export function encodeRequest(id: MessageId, method: string, params: JsonObject): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
}

/** Encode a notification of the gateway itself. */
export function encodeNotification(method: string, params: JsonObject): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify({ jsonrpc: "2.0", method, params }));
}

/** Encode the answer to a batch. */
export function listOf(messages: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const comma = utf8(",");
  return concat([
    utf8("["),
    ...messages.flatMap((message, i) => i === 0 ? [message] : [comma, message]),
    utf8("]"),
  ]);
}
