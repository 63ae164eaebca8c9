import type { JsonObject } from "../formats/json/mod.ts";
import { compareInstants, isZeroTime, type Rfc3339 } from "../formats/time.ts";
import {
  badField,
  eachObject,
  lowered,
  refuseLookalikes,
  required,
  textSet,
  time,
  trimmed,
} from "./fields.ts";
import type { Delegation, DelegationLink } from "./types.ts";

/**
 * On whose behalf the caller acts (docs/spec/gate.md 2.5). The chain must hang together and end at the requester:
 * otherwise rules about delegators would look at people who delegated nothing.
 */
export function readDelegation(object: JsonObject, at: string): Delegation {
  refuseLookalikes(object, DELEGATION_FIELDS, at);
  const delegation = {
    requesterIdentity: required(trimmed(object, "requester_identity", at), "requester_identity", at),
    scopeClass: lowered(object, "scope_class", at),
    tokenRefs: textSet(object, "token_refs", at),
    chain: eachObject(object, "chain", at, readLink),
    ...readLifetime(object, at),
  };
  delegation.chain.forEach((link, i) => {
    const before = delegation.chain[i - 1];
    if (before && before.delegateIdentity !== link.delegatorIdentity) {
      throw badField(at, `chain[${i}].delegator_identity`, `expected "${before.delegateIdentity}"`);
    }
  });
  const last = delegation.chain.at(-1);
  if (last && last.delegateIdentity !== delegation.requesterIdentity) {
    throw badField(at, "chain", `ends at "${last.delegateIdentity}", not at the requester`);
  }
  return delegation;
}

function readLink(object: JsonObject, at: string): DelegationLink {
  refuseLookalikes(object, LINK_FIELDS, at);
  return {
    delegatorIdentity: required(trimmed(object, "delegator_identity", at), "delegator_identity", at),
    delegateIdentity: required(trimmed(object, "delegate_identity", at), "delegate_identity", at),
    scopeClass: lowered(object, "scope_class", at),
    tokenRef: trimmed(object, "token_ref", at),
    ...readLifetime(object, at),
  };
}

function readLifetime(object: JsonObject, at: string): { issuedAt: Rfc3339; expiresAt: Rfc3339 } {
  const issuedAt = time(object, "issued_at", at);
  const expiresAt = time(object, "expires_at", at);
  if (!isZeroTime(issuedAt) && !isZeroTime(expiresAt) && compareInstants(expiresAt, issuedAt) <= 0) {
    throw badField(at, "expires_at", "is not after issued_at");
  }
  return { issuedAt, expiresAt };
}

/** The members of a delegation. */
export const DELEGATION_FIELDS: ReadonlySet<string> = new Set([
  "requester_identity",
  "scope_class",
  "token_refs",
  "chain",
  "issued_at",
  "expires_at",
]);
/** The members of a link of its chain. */
export const LINK_FIELDS: ReadonlySet<string> = new Set([
  "delegator_identity",
  "delegate_identity",
  "scope_class",
  "token_ref",
  "issued_at",
  "expires_at",
]);
