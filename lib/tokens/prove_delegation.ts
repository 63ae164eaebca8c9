import { compareBytewise } from "../formats/bytes.ts";
import { compareInstants, isZeroTime, type Rfc3339, ZERO_TIME } from "../formats/time.ts";
import type { PublicKey } from "../signing/mod.ts";
import type { Delegation } from "../intent/types.ts";
import { lset, set } from "../formats/text.ts";
import { checkDelegation, type CheckDelegationOptions } from "./check_delegation.ts";
import { auditScope, type DelegationToken } from "./delegation_token.ts";

/** The outcome for one link, or for one token that matched no link. */
export interface DelegationEntry {
  readonly tokenId: string;
  readonly delegator: string;
  readonly delegate: string;
  readonly scope: readonly string[];
  readonly expiresAt: Rfc3339;
  readonly valid: boolean;
  /** Why it is rejected; absent when it is valid. */
  readonly errorCode: string | undefined;
}

/** Whether tokens prove the delegation of an intent. */
export interface DelegationProof {
  readonly complete: boolean;
  /** Ids of the valid tokens. */
  readonly ref: string;
  /** In the order of the audit record. */
  readonly entries: readonly DelegationEntry[];
}

/** The delegation of a call that tokens must prove. */
export interface ProveDelegationOptions {
  readonly delegation: Delegation | undefined;
  readonly requiredScope: readonly string[];
  readonly intentDigest: string;
  readonly policyDigest: string;
  readonly now: Rfc3339;
  readonly key: PublicKey;
}

interface Link {
  /** Absent when any delegator is accepted. */
  readonly delegator: string | undefined;
  readonly delegate: string;
  readonly expired: boolean;
}

/** Find a token for every link, each token for one link only (docs/spec/tokens.md section 5). */
export async function proveDelegation(
  tokens: readonly DelegationToken[],
  { delegation, requiredScope, ...options }: ProveDelegationOptions,
): Promise<DelegationProof> {
  const optionsFor = ({ delegator, delegate }: Link): CheckDelegationOptions => ({
    ...options,
    delegator,
    delegate,
    requiredScope: lset(requiredScope),
  });
  const links = delegation ? linksOf(delegation, options.now) : [];
  const unused = new Set(tokens);
  const entries: DelegationEntry[] = [];
  const matched: DelegationToken[] = [];
  let open: Link | undefined;
  for (const link of links) {
    const token = link.expired ? undefined : await firstValid(unused, optionsFor(link));
    if (!token) {
      open ??= link;
      entries.push(missing(link));
      continue;
    }
    unused.delete(token);
    matched.push(token);
    entries.push(entryOf(token));
  }
  for (const token of unused) {
    const code = open && await checkDelegation(token, optionsFor(open));
    entries.push(entryOf(token, code ?? "delegation_token_chain_mismatch"));
  }
  return {
    complete: links.length > 0 && open === undefined,
    ref: set(matched.map((token) => token.tokenId)).join(","),
    entries: entries.sort(compareEntries),
  };
}

/**
 * An empty chain is one link from any delegator to the requester. An expired link, and every link of an expired
 * delegation, is invalid whatever tokens came with the call.
 */
function linksOf({ chain, requesterIdentity, expiresAt }: Delegation, now: Rfc3339): Link[] {
  const isPast = (end: Rfc3339) => !isZeroTime(end) && compareInstants(now, end) >= 0;
  const over = isPast(expiresAt);
  if (chain.length === 0) return [{ delegator: undefined, delegate: requesterIdentity, expired: over }];
  return chain.map((link) => ({
    delegator: link.delegatorIdentity,
    delegate: link.delegateIdentity,
    expired: over || isPast(link.expiresAt),
  }));
}

async function firstValid(
  tokens: Iterable<DelegationToken>,
  options: CheckDelegationOptions,
): Promise<DelegationToken | undefined> {
  for (const token of tokens) {
    if (await checkDelegation(token, options) === undefined) return token;
  }
  return undefined;
}

function missing({ delegator, delegate, expired }: Link): DelegationEntry {
  const errorCode = expired ? "delegation_link_expired" : "delegation_token_missing";
  return {
    tokenId: "",
    delegator: delegator ?? "",
    delegate,
    scope: [],
    expiresAt: ZERO_TIME,
    valid: false,
    errorCode,
  };
}

function entryOf(token: DelegationToken, errorCode?: string): DelegationEntry {
  return {
    tokenId: token.written.tokenId,
    delegator: token.written.delegator,
    delegate: token.written.delegate,
    scope: auditScope(token),
    expiresAt: token.expiresAt,
    valid: errorCode === undefined,
    errorCode,
  };
}

function compareEntries(a: DelegationEntry, b: DelegationEntry): number {
  return compareBytewise(a.delegator, b.delegator) || compareBytewise(a.delegate, b.delegate) ||
    compareBytewise(a.tokenId, b.tokenId);
}
