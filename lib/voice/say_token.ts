import { currencyOf } from "./commitment.ts";
import { type JsonObject, prettyJson, readJsonObject } from "../formats/json/mod.ts";
import { equalBytes } from "../formats/bytes.ts";
import { refuseLookalikes } from "../intent/fields.ts";
import { trim, trimLower } from "../formats/text.ts";
import { decode, omitEmpty } from "../schema/fields.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { VOICE_SCHEMA_ID } from "../schema/voice/layout.ts";
import { SAY_TOKEN_FIELDS, type SayTokenFile, sayTokenSchema } from "../schema/voice/say_token.ts";
import type { Signature } from "../signing/mod.ts";

/** A say-token without its signature, in its normal form: what is signed. */
export type SayToken = Omit<SayTokenFile, "signature">;

/** A token as it was received. */
export interface GivenSayToken {
  /** As the file has it; unverified. */
  readonly written: SayTokenFile;
  readonly token: SayToken;
  readonly signature?: Signature;
  /** Names of members that the signature doesn't cover. */
  readonly unknown: readonly string[];
  /** Whether the file is, byte for byte, the one that gait writes. */
  readonly isExact: boolean;
}

/**
 * Read a token and normalise it (docs/spec/voice.md section 4). Nothing is verified yet.
 *
 * @throws {GaitError} `invalid_input` when it is not a JSON object of the right types, or is ambiguous
 */
export function readSayToken(bytes: Uint8Array, what: string): GivenSayToken {
  const document = readJsonObject(bytes, { what, signed: true });
  // Another reader takes "Call_ID" for "call_id".
  refuseLookalikes(document, SAY_TOKEN_FIELDS, `${what}: `);
  const written = decode(sayTokenSchema, document, what);
  const token = normalize(written);
  const signature = written.signature ?? undefined;
  return {
    written,
    token,
    ...(signature ? { signature } : {}),
    unknown: Object.keys(document).filter((name) => !SAY_TOKEN_FIELDS.has(name)),
    isExact: signature !== undefined && equalBytes(bytes, encodeSayToken(token, signature)),
  };
}

function normalize({ signature: _, ...written }: SayTokenFile): SayToken {
  return {
    ...written,
    schema_id: trim(written.schema_id) || VOICE_SCHEMA_ID.sayToken,
    schema_version: trim(written.schema_version) || RECORD_VERSION,
    token_id: trim(written.token_id),
    commitment_class: trimLower(written.commitment_class),
    intent_digest: trimLower(written.intent_digest),
    policy_digest: trimLower(written.policy_digest),
    call_id: trim(written.call_id),
    currency: currencyOf(trim(written.currency)),
  };
}

/** What is signed: the known members, empty optional ones left out (docs/spec/voice.md 3.1). */
export function encodeUnsigned(token: SayToken): JsonObject {
  return omitEmpty(
    {
      schema_id: token.schema_id,
      schema_version: token.schema_version,
      created_at: token.created_at,
      producer_version: token.producer_version,
      token_id: token.token_id,
      commitment_class: token.commitment_class,
      intent_digest: token.intent_digest,
      policy_digest: token.policy_digest,
      call_id: token.call_id,
      turn_index: token.turn_index,
      call_seq: token.call_seq,
      currency: token.currency,
      quote_min_cents: token.quote_min_cents,
      quote_max_cents: token.quote_max_cents,
      refund_ceiling_cents: token.refund_ceiling_cents,
      expires_at: token.expires_at,
    },
    "currency",
    "quote_min_cents",
    "quote_max_cents",
    "refund_ceiling_cents",
  );
}

/** The file of a token. */
export function encodeSayToken(token: SayToken, signature: Signature): Uint8Array<ArrayBuffer> {
  const { alg, key_id, sig, signed_digest } = signature;
  return prettyJson({ ...encodeUnsigned(token), signature: { alg, key_id, sig, signed_digest } });
}

/** The text whose digest is the token id. */
export function sayTokenIdText(token: Omit<SayToken, "token_id">): string {
  const { intent_digest, policy_digest, call_id, turn_index, call_seq, commitment_class, expires_at } = token;
  return [intent_digest, policy_digest, call_id, turn_index, call_seq, commitment_class, expires_at].join(
    ":",
  );
}
