import type { JsonObject } from "../formats/json/mod.ts";
import { compareInstants, isZeroTime, type Rfc3339, unixNanos } from "../formats/time.ts";
import { checkSignature, digestOf, isHexDigest, type PublicKey, type Signature } from "../signing/mod.ts";
import { trim, trimLower } from "../formats/text.ts";

/** The members that approval and delegation tokens share. */
export interface SignedToken {
  readonly schemaId: string;
  readonly schemaVersion: string;
  readonly createdAt: Rfc3339;
  readonly producerVersion: string;
  readonly tokenId: string;
  readonly expiresAt: Rfc3339;
  readonly signature?: Signature;
}

/** The members that approval and delegation tokens share, as a file has them. */
interface WrittenToken {
  readonly schema_id: string;
  readonly schema_version: string;
  readonly created_at: Rfc3339;
  readonly producer_version: string;
  readonly token_id: string;
  readonly expires_at: Rfc3339;
  readonly signature?: Signature | null | undefined;
}

/** Read the members that all tokens share. */
export function decodeHead(given: WrittenToken): SignedToken {
  return {
    schemaId: given.schema_id,
    schemaVersion: given.schema_version,
    createdAt: given.created_at,
    producerVersion: given.producer_version,
    tokenId: trim(given.token_id),
    expiresAt: given.expires_at,
    ...(given.signature ? { signature: given.signature } : {}),
  };
}

/** The first members of every token; absent schema fields are filled in before the token is signed. */
export function encodeHead(token: SignedToken, schemaId: string) {
  return {
    schema_id: token.schemaId || schemaId,
    schema_version: token.schemaVersion || "1.0.0",
    created_at: token.createdAt,
    producer_version: token.producerVersion,
    token_id: token.tokenId,
  };
}

/** A schema field may be absent; another value means another artifact, even when the signature is valid. */
export function isOfSchema({ schemaId, schemaVersion }: SignedToken, id: string): boolean {
  return (schemaId === "" || schemaId === id) && (schemaVersion === "" || schemaVersion === "1.0.0");
}

/** Whether both times are set. */
export function hasTimes({ createdAt, expiresAt }: SignedToken): boolean {
  return !isZeroTime(createdAt) && !isZeroTime(expiresAt);
}

/** Whether a text is a digest or empty. */
export function isDigestOrEmpty(text: string): boolean {
  return text === "" || isHexDigest(text);
}

/** A digest as it is signed and compared. */
export function normalDigest(text: string): string {
  return trimLower(text);
}

/**
 * Whether a signature over the unsigned form of a token is valid (docs/spec/tokens.md 1.4). The signature covers the
 * schema id, so it can't be moved to another kind of artifact.
 */
export async function isSignatureValid(
  signature: Signature,
  unsigned: JsonObject,
  key: PublicKey,
): Promise<boolean> {
  return await checkSignature(signature, await digestOf(unsigned), key) === undefined;
}

/** By how much the clocks of those who sign tokens and of the gate may differ: 5 minutes, in nanoseconds. */
const SKEW = 300_000_000_000n;

/** Whether a time lies after another one by more than clocks differ. */
export function isAfter(later: Rfc3339, earlier: Rfc3339): boolean {
  return unixNanos(later) > unixNanos(earlier) + SKEW;
}

/**
 * Whether a token was made later than now. Where the clock was set back since, its lifetime would be longer than whoever
 * signed it meant (docs/threat_model.md 32 and 33).
 */
export function isFromFuture({ createdAt }: Pick<SignedToken, "createdAt">, now: Rfc3339): boolean {
  return isAfter(createdAt, now);
}

/** A token is valid until `expiresAt`, exclusive. */
export function isExpired({ expiresAt }: Pick<SignedToken, "expiresAt">, now: Rfc3339): boolean {
  return compareInstants(now, expiresAt) >= 0;
}
