import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  readJsonObject,
  without,
} from "../../formats/json/mod.ts";
import { decode } from "../../schema/fields.ts";
import { traceSchema } from "../../schema/trace.ts";
import {
  checkSignature,
  digestOf,
  isPlainMismatch,
  keyFor,
  type KeyId,
  LOCAL_DEV,
  missingKey,
  type SignatureTrust,
  type TrustedKeys,
} from "../../signing/mod.ts";

/** The result of verifying a trace record. */
export interface TraceReport {
  /** Whether a trusted key signed exactly this record. */
  readonly ok: boolean;
  /** Id of the trace. */
  readonly traceId: string;
  /** The verdict in the trace. */
  readonly verdict: string;
  /** The tool of the call. */
  readonly toolName: string;
  /** Identity of the caller; empty when the trace has none. */
  readonly caller: string;
  /** The gate only simulated: the verdict allows nothing. */
  readonly simulated: boolean;
  /** Set when the signature was checked by Ed25519, whatever the result. */
  readonly keyId?: KeyId;
  /** Why the signature could not be checked. */
  readonly error?: string;
  /** Set when the signing key is not among the trusted keys. */
  readonly unknownKey?: true;
  /** Where the trust in the key comes from. */
  readonly trust?: SignatureTrust;
}

/**
 * Verify the signature of a trace record (docs/spec/core.md section 8): over the stored document without `signature`,
 * so that an added member is detected too.
 *
 * @throws {GaitError} `invalid_input` when the bytes are not a trace record, or no key is configured
 */
export async function verifyTrace(bytes: Uint8Array, trusted: TrustedKeys): Promise<TraceReport> {
  const document = readJsonObject(bytes, { what: "trace", signed: true });
  const { trace_id: traceId, verdict, signature } = decode(traceSchema, document, "trace");
  if (trusted.source === "none") throw missingKey();
  const simulated = document.simulated === true;
  const found = {
    traceId,
    verdict,
    toolName: textOf(document.tool_name),
    caller: callerIn(document),
    simulated,
  };
  if (!signature) return { ...found, ok: false, error: "trace has no signature" };
  const candidate = keyFor(trusted, signature.key_id);
  if (!candidate) return { ...found, ok: false, error: "public key not configured", unknownKey: true };
  const problem = await checkSignature(
    signature,
    await digestOf(without(document, "signature")),
    candidate.key,
  );
  const trust = trusted.source === "flag"
    ? "flag"
    : candidate.name === LOCAL_DEV
    ? "local_dev"
    : "trust_store";
  if (problem === undefined) return { ...found, ok: true, keyId: candidate.key.id, trust };
  if (isPlainMismatch(problem)) return { ...found, ok: false, keyId: candidate.key.id, trust };
  return { ...found, ok: false, error: problem, trust };
}

/** For display only; empty for a trace of another form. */
function callerIn({ relationship }: JsonObject): string {
  const chain = isJsonObject(relationship) ? relationship.agent_chain : undefined;
  const agents = Array.isArray(chain) ? chain.filter(isJsonObject) : [];
  return textOf(agents.find(({ role }) => role === "requester")?.identity);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
