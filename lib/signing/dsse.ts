import { base64, concat, utf8 } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { PrivateKey } from "./keys.ts";
import { signBytes } from "./signature.ts";

/** The payload type of an in-toto statement. */
export const INTOTO_TYPE = "application/vnd.in-toto+json";

/**
 * A signed DSSE envelope around a payload.
 *
 * The signature covers the pre-authentication encoding, which begins with `DSSEv1`, so it can't be reused as a
 * signature of a manifest, which covers 32 bytes (docs/threat_model.md 30).
 */
export async function dsseEnvelope(
  payloadType: string,
  payload: Uint8Array<ArrayBuffer>,
  key: PrivateKey,
): Promise<JsonObject> {
  const signature = await signBytes(key, preAuthEncoding(payloadType, payload));
  return {
    payloadType,
    payload: base64(payload),
    signatures: [{ keyid: key.public.id, sig: base64(signature) }],
  };
}

/**
 * The message that a DSSE signature covers: type and payload with their lengths, so that their boundary is
 * unambiguous.
 */
export function preAuthEncoding(type: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([utf8(`DSSEv1 ${utf8(type).length} ${type} ${payload.length} `), payload]);
}
