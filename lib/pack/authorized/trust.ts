import type { KeyId, PublicKey, TrustedKeys } from "../../signing/mod.ts";

/** Keys for one purpose each; without one, keys that are trusted for records count, and a note says so for grants. */
export interface GrantKeys {
  /** Verifies traces. */
  readonly trace?: PublicKey;
  /** Verifies approvals. */
  readonly approval?: PublicKey;
  /** One key per approver by identity; when set, no other key verifies approvals. */
  readonly approvers?: ReadonlyMap<string, PublicKey>;
  /** Verifies delegations; the key of approvals by default. */
  readonly delegation?: PublicKey;
}

/** What the signatures inside of a pack are verified with. */
export interface InsideTrust {
  readonly trusted: TrustedKeys;
  readonly grants: GrantKeys;
  /** Digests of the only policies that may have decided; any when absent. */
  readonly policies?: readonly string[] | undefined;
  /** The pack itself is signed by a trusted key. */
  readonly packVerified: boolean;
  /** Somebody asked for the proof: then signatures that were checked against nothing are none. */
  readonly demanded: boolean;
}

/**
 * Whether a signature by an unknown key is tolerated. Without any key the bytes alone are proved, which is
 * enough only while nobody demands the authorization: anybody can sign traces with a key of their own. One key by flag
 * is that of the packer, who vouches for the pack when it signed it; a trust folder names every key, so that another
 * one is a forgery.
 */
export function toleratesUnknown({ trusted, packVerified, demanded }: InsideTrust): boolean {
  return trusted.source === "none" && !demanded || trusted.source === "flag" && packVerified;
}

/** A key that a signature is checked with, or why there is none. */
export type KeyChoice =
  | { readonly kind: "key"; readonly key: PublicKey; readonly forGrants: boolean }
  | { readonly kind: "unknown" }
  /** Another key is named for this. */
  | { readonly kind: "foreign" };

/** The key of an approver. A key that is named for approvals must have made the signature. */
export function approvalKey(
  { grants, trusted }: InsideTrust,
  approver: string,
  keyId: string,
): KeyChoice {
  if (grants.approvers) return named(grants.approvers.get(approver), keyId);
  if (grants.approval) return named(grants.approval, keyId);
  return ofRecords(trusted, keyId);
}

/** The key of a delegator. */
export function delegationKey({ grants, trusted }: InsideTrust, keyId: string): KeyChoice {
  const key = grants.delegation ?? grants.approval;
  return key ? named(key, keyId) : ofRecords(trusted, keyId);
}

function named(key: PublicKey | undefined, keyId: string): KeyChoice {
  return key && (keyId === "" || key.id === keyId)
    ? { kind: "key", key, forGrants: true }
    : { kind: "foreign" };
}

function ofRecords(trusted: TrustedKeys, keyId: string): KeyChoice {
  const key = trusted.source === "store"
    ? trusted.keys.get(keyId as KeyId)?.key
    : trusted.source === "flag" && trusted.key.id === keyId
    ? trusted.key
    : undefined;
  return key ? { kind: "key", key, forGrants: false } : { kind: "unknown" };
}
