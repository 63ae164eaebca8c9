import { utf8 } from "../../lib/formats/bytes.ts";
import { type JsonObject, prettyJson } from "../../lib/formats/json/mod.ts";
import { type PrivateKey, withSignature } from "../../lib/signing/mod.ts";

/** A trace record without a signature. */
export function traceRecord(parts: JsonObject = {}): JsonObject {
  return {
    schema_id: "gait.gate.trace",
    schema_version: "1.0.0",
    created_at: "2026-03-01T09:00:00Z",
    producer_version: "0.0.0-test",
    trace_id: "trace_1",
    tool_name: "tool.read",
    args_digest: "ab".repeat(32),
    intent_digest: "cd".repeat(32),
    policy_digest: "ef".repeat(32),
    verdict: "allow",
    ...parts,
  };
}

/** Its bytes. */
export const traceFile = (parts: JsonObject = {}): Uint8Array<ArrayBuffer> =>
  utf8(JSON.stringify(traceRecord(parts)));

/** Bytes of a trace whose one signature covers the whole record. */
export async function signedTrace(key: PrivateKey, parts: JsonObject = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { signatures, ...record } = await withSignature(traceRecord(parts), key);
  return prettyJson({ ...record, signature: (signatures as JsonObject[])[0]! });
}
