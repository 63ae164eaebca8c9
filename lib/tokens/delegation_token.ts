import type { JsonObject } from "../formats/json/mod.ts";
import {
  DELEGATION_TOKEN_OPTIONAL,
  DELEGATION_TOKEN_SCHEMA_ID,
  delegationTokenSchema,
} from "../schema/tokens.ts";
import { decode, omitEmpty } from "../schema/fields.ts";
import { lset, set, trim, trimLower } from "../formats/text.ts";
import { decodeHead, encodeHead, normalDigest, type SignedToken } from "./sealed.ts";

/** A delegation token after normalisation: what is signed and what is checked (docs/spec/tokens.md section 4). */
export interface DelegationToken extends SignedToken {
  readonly delegator: string;
  readonly delegate: string;
  /** In lower case, unique and sorted. */
  readonly scope: readonly string[];
  readonly scopeClass: string;
  /** Empty when the token is not bound to an intent. */
  readonly intentDigest: string;
  readonly policyDigest: string;
  /** As the file has it, for the audit and for `delegate verify`. */
  readonly written: WrittenDelegation;
}

/** Members as the file has them. */
export interface WrittenDelegation {
  readonly tokenId: string;
  readonly delegator: string;
  readonly delegate: string;
  readonly scope: readonly string[];
  readonly scopeClass: string;
}

/**
 * Read a token and normalise it. Nothing is verified yet.
 *
 * @throws {GaitError} `invalid_input` when a member has a wrong type or a time is malformed
 */
export function parseDelegationToken(document: JsonObject, what: string): DelegationToken {
  const given = decode(delegationTokenSchema, document, what);
  return {
    ...decodeHead(given),
    delegator: trim(given.delegator_identity),
    delegate: trim(given.delegate_identity),
    scope: lset(given.scope),
    scopeClass: trimLower(given.scope_class),
    intentDigest: normalDigest(given.intent_digest),
    policyDigest: normalDigest(given.policy_digest),
    written: {
      tokenId: given.token_id,
      delegator: given.delegator_identity,
      delegate: given.delegate_identity,
      scope: given.scope,
      scopeClass: given.scope_class,
    },
  };
}

/** The written form without signature: what is signed. */
export function encodeUnsignedDelegation(token: DelegationToken): JsonObject {
  return omitEmpty(
    {
      ...encodeHead(token, DELEGATION_TOKEN_SCHEMA_ID),
      delegator_identity: token.delegator,
      delegate_identity: token.delegate,
      scope: [...token.scope],
      scope_class: token.scopeClass,
      intent_digest: token.intentDigest,
      policy_digest: token.policyDigest,
      expires_at: token.expiresAt,
    },
    ...DELEGATION_TOKEN_OPTIONAL,
  );
}

/** The text whose digest is the token id; empty members keep their position (docs/spec/tokens.md section 4). */
export function delegationIdText(token: Omit<DelegationToken, "tokenId" | "written">): string {
  const { delegator, delegate, scope, scopeClass, intentDigest, policyDigest, expiresAt } = token;
  return [delegator, delegate, scope.join(","), scopeClass, intentDigest, policyDigest, expiresAt].join(":");
}

/** The scope of the file, unique and sorted. */
export function auditScope({ written }: DelegationToken): string[] {
  return set(written.scope);
}
