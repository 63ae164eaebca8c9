import { invalidInput } from "../../errors/mod.ts";
import { type JsonObject, readJsonObject, without } from "../../formats/json/mod.ts";
import { isZeroTime, type Rfc3339, timeOfMillis, unixNanos } from "../../formats/time.ts";
import {
  checkSignature,
  type Digest,
  digestOf,
  equalDigests,
  sha256,
  type TrustedKeys,
} from "../../signing/mod.ts";
import { readValidTrace, type ValidTrace } from "./read_record.ts";
import { traceIdOf } from "./record.ts";

/** A trace as evidence of a decision. */
export interface DecidedTrace {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly document: JsonObject;
  readonly record: ValidTrace;
  /** The session of the call; empty when it has none. */
  readonly sessionId: string;
  /** When the gate checked the approvals of the call: the decision took `latency_ms`. */
  readonly decidedAt: Rfc3339;
  /** The gate only simulated: the verdict allows nothing. */
  readonly simulated: boolean;
}

/** A longer decision is not believed: it would make tokens valid that had expired. 10 minutes, in milliseconds. */
const MAX_LATENCY = 600_000;

/**
 * Read a trace as evidence (docs/spec/gate.md section 5). Its signature is not checked; {@linkcode checkOrigin} does
 * that.
 *
 * @throws {GaitError} `invalid_input` when it is no trace, or its ids are not those of what it says
 */
export async function readDecidedTrace(bytes: Uint8Array<ArrayBuffer>, what: string): Promise<DecidedTrace> {
  const document = readJsonObject(bytes, { what, duplicates: "refuse", signed: true });
  const record = readValidTrace(bytes, what);
  const { trace_id: id, event_id: event, observed_at: observed } = record;
  const expected = await traceIdOf(
    record.policy_digest as Digest,
    record.intent_digest as Digest,
    record.verdict,
  );
  if (isZeroTime(observed)) throw invalidInput(`Cannot use ${what}: observed_at is missing`);
  if (id !== expected) throw invalidInput(`Cannot use ${what}: its trace_id is not that of what it decides`);
  if (event !== "" && event !== (await sha256(`${id}:${observed}`)).slice(0, 24)) {
    throw invalidInput(`Cannot use ${what}: its event_id is not that of its time`);
  }
  const parent = record.relationship?.parent_ref;
  const latency = Math.min(MAX_LATENCY, Math.max(0, record.latency_ms ?? 0));
  return {
    bytes,
    document,
    record,
    sessionId: parent?.kind === "session" ? parent.id : "",
    decidedAt: timeOfMillis(Math.max(0, Number(unixNanos(observed) / 1_000_000n) - Math.ceil(latency))),
    simulated: record.simulated,
  };
}

/** Whose signature a trace has. */
export type TraceOrigin =
  | { readonly kind: "verified"; readonly keyId: string }
  /** Intact, but signed with a key that is not trusted here. */
  | { readonly kind: "unknown_key"; readonly keyId: string }
  | { readonly kind: "unsigned" }
  | { readonly kind: "wrong"; readonly problem: string };

/** Check the signature of a trace. That the digest is of its bytes is checked whoever signed it. */
export async function checkOrigin(
  { document, record }: DecidedTrace,
  trusted: TrustedKeys,
): Promise<TraceOrigin> {
  const { signature } = record;
  if (!signature || signature.sig === "") return { kind: "unsigned" };
  const digest = await digestOf(without(document, "signature"));
  if (!equalDigests(signature.signed_digest, digest)) {
    return { kind: "wrong", problem: "it was changed after it was signed" };
  }
  const key = trustedKey(trusted, signature.key_id);
  if (!key) return { kind: "unknown_key", keyId: signature.key_id };
  const problem = await checkSignature(signature, digest, key);
  return problem === undefined ? { kind: "verified", keyId: key.id } : { kind: "wrong", problem };
}

/** The trusted key with exactly this id. */
function trustedKey(trusted: TrustedKeys, keyId: string) {
  switch (trusted.source) {
    case "none":
      return undefined;
    case "flag":
      return trusted.key.id === keyId ? trusted.key : undefined;
    case "store":
      return [...trusted.keys.values()].find(({ key }) => key.id === keyId)?.key;
  }
}

/** In the order of the decisions; traces of one moment by their bytes, so that the order does not depend on file names. */
export function inDecisionOrder<T>(items: readonly T[], traceOf: (item: T) => DecidedTrace): T[] {
  const keyOf = (item: T) => {
    const { record, document } = traceOf(item);
    return { nanos: unixNanos(record.observed_at), text: JSON.stringify(document) };
  };
  return items.map((item) => ({ item, ...keyOf(item) }))
    .sort((a, b) =>
      a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : a.text < b.text ? -1 : a.text > b.text ? 1 : 0
    )
    .map(({ item }) => item);
}
