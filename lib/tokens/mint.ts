import { invalidOption, missingOption } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { type JsonObject, prettyJson } from "../formats/json/mod.ts";
import { positiveDuration } from "../formats/duration.ts";
import { timeAfter, timeOfMillis } from "../formats/time.ts";
import { isHexDigest, type PrivateKey, sha256, type Signature, signDocument } from "../signing/mod.ts";
import { lset, trim, trimLower } from "../formats/text.ts";
import { approvalIdText, type ApprovalToken, encodeUnsignedApproval } from "./approval_token.ts";
import { delegationIdText, type DelegationToken, encodeUnsignedDelegation } from "./delegation_token.ts";
import { isDigestOrEmpty, normalDigest } from "./sealed.ts";
import { SINGLE_USE } from "./trust.ts";
import { escapeControls } from "../formats/controls.ts";

/** Options for minting any token. */
export interface MintOptions {
  /** What the token covers, e.g. `tool:pay.send`. */
  readonly scope: readonly string[];
  /** Lifetime: a positive duration such as `30m` or `1h30m`, or nanoseconds. */
  readonly ttl: string | bigint;
  /** Start of the lifetime in milliseconds since 1970; default: the current time. */
  readonly now?: number;
}

/** Options for minting an approval token. */
export interface MintApprovalOptions extends MintOptions {
  /** `intentDigest` of the decision that stopped the call: 64 hex digits. */
  readonly intentDigest: string;
  /** `policyDigest` of that decision: 64 hex digits. */
  readonly policyDigest: string;
  /** Digest of the delegation that the call acts under, if any. */
  readonly delegationBindingDigest?: string | undefined;
  /** Identity of the approver. */
  readonly approver: string;
  /** Reason of the approval, e.g. the number of a change. */
  readonly reasonCode: string;
  /** Largest number of targets; default: no limit. */
  readonly maxTargets?: number;
  /** Largest number of operations; default: no limit. */
  readonly maxOps?: number;
  /** The approval can be used once. */
  readonly singleUse?: boolean;
}

/** Options for minting a delegation token. */
export interface MintDelegationOptions extends MintOptions {
  readonly delegator: string;
  readonly delegate: string;
  /** Class of permitted operations, e.g. `write`. */
  readonly scopeClass?: string | undefined;
  /** Binds the token to this call. */
  readonly intentDigest?: string | undefined;
  /** Binds the token to this policy. */
  readonly policyDigest?: string | undefined;
}

/** When and by which version a token is minted. */
export interface MintContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly producerVersion: string;
}

/** A signed token and its file. */
export interface Minted<T> {
  readonly token: T & { readonly signature: Signature };
  readonly file: Uint8Array<ArrayBuffer>;
}

/**
 * Mint a signed approval token (docs/spec/tokens.md section 2). The checks run in the order of 2.1.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function mintApproval(
  options: MintApprovalOptions,
  key: PrivateKey,
  context: MintContext,
): Promise<Minted<ApprovalToken>> {
  const ttl = demandTtl(options.ttl);
  const { scope = [], singleUse = false } = options;
  const fields = {
    intentDigest: demandDigest(options.intentDigest, "intentDigest"),
    policyDigest: demandDigest(options.policyDigest, "policyDigest"),
    bindingDigest: optionalDigest(options.delegationBindingDigest, "delegationBindingDigest"),
    approver: demandIdentity(options.approver, "approver"),
    reasonCode: demandText(options.reasonCode, "reasonCode"),
    scope: demandScope(scope, singleUse ? [SINGLE_USE] : []),
    maxTargets: demandBound(options.maxTargets, "maxTargets"),
    maxOps: demandBound(options.maxOps, "maxOps"),
    ...common(ttl, options, context),
  };
  const tokenId = await idOf(approvalIdText({ ...fields, writtenScope: [] }));
  return await sign({ ...fields, tokenId, writtenScope: fields.scope }, encodeUnsignedApproval, key);
}

/**
 * Mint a signed delegation token (docs/spec/tokens.md 4.1).
 *
 * @throws {GaitError} `invalid_input`
 */
export async function mintDelegation(
  options: MintDelegationOptions,
  key: PrivateKey,
  context: MintContext,
): Promise<Minted<DelegationToken>> {
  const ttl = demandTtl(options.ttl);
  const fields = {
    delegator: demandIdentity(options.delegator, "delegator"),
    delegate: demandIdentity(options.delegate, "delegate"),
    scope: demandScope(options.scope),
    scopeClass: trimLower(options.scopeClass ?? ""),
    intentDigest: optionalDigest(options.intentDigest, "intentDigest"),
    policyDigest: optionalDigest(options.policyDigest, "policyDigest"),
    ...common(ttl, options, context),
  };
  const tokenId = await idOf(delegationIdText(fields));
  return await sign({ ...fields, tokenId, written: { ...fields, tokenId } }, encodeUnsignedDelegation, key);
}

/** A token with a longer lifetime gets a warning: 30 days in nanoseconds. */
const LONG_LIFETIME = 30n * 24n * 3_600_000_000_000n;

/** The warning about a token with a long lifetime. */
export function ttlWarnings(ttl: bigint): string[] {
  return ttl > LONG_LIFETIME
    ? ["this token is valid for more than 30 days: anyone who finds it can use it that long"]
    : [];
}

function common(ttl: bigint, { now }: MintOptions, context: MintContext) {
  const begin = now ?? context.now;
  return {
    schemaId: "",
    schemaVersion: "",
    createdAt: timeOfMillis(begin),
    expiresAt: timeAfter(begin, ttl),
    producerVersion: context.producerVersion,
  };
}

async function sign<T>(
  token: T,
  encode: (token: T) => JsonObject,
  key: PrivateKey,
): Promise<Minted<T>> {
  const unsigned = encode(token);
  const signature = await signDocument(unsigned, key);
  return { token: { ...token, signature }, file: prettyJson({ ...unsigned, signature: { ...signature } }) };
}

async function idOf(text: string): Promise<string> {
  return (await sha256(utf8(text))).slice(0, 24);
}

/** JavaScript callers may leave out what the types require. */
type Optional<T> = T | undefined;

function demandTtl(ttl: Optional<string | bigint>): bigint {
  if (ttl === undefined) throw missingOption("ttl", () => "Give a positive duration such as 30m or 1h30m");
  return positiveDuration(ttl, "ttl");
}

function demandDigest(text: Optional<string>, field: string): string {
  const digest = normalDigest(demandText(text, field));
  if (isHexDigest(digest)) return digest;
  throw invalidOption(
    (name) => `Cannot use ${name(field)} "${text}": expected 64 hex digits`,
    () => "The decision that stopped the call names the digests of its intent and policy",
  );
}

/** A token without this binding has an empty digest. */
function optionalDigest(text: Optional<string>, field: string): string {
  const digest = normalDigest(text ?? "");
  if (isDigestOrEmpty(digest)) return digest;
  throw invalidOption((name) => `Cannot use ${name(field)} "${text}": expected 64 hex digits`);
}

function demandText(text: Optional<string>, field: string): string {
  const trimmed = trim(text ?? "");
  if (trimmed === "") throw missingOption(field);
  return trimmed;
}

/** @param marks are added to the scope; alone they don't make one */
function demandScope(scope: Optional<readonly string[]>, marks: readonly string[] = []): string[] {
  if (lset(scope ?? []).length === 0) {
    throw missingOption("scope", () => "Give what the token covers, e.g. tool:pay.send");
  }
  return lset([...scope!, ...marks]);
}

function demandBound(bound: Optional<number>, field: string): number {
  if (bound === undefined || bound >= 0) return bound ?? 0;
  throw invalidOption((name) => `Cannot use ${name(field)} ${bound}: it must be 0 or more`);
}

/**
 * Invisible characters: controls, format characters, unassigned and private code points, lone surrogates, line
 * separators, spaces other than U+0020, fillers, and characters without width.
 */
const INVISIBLE =
  /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]/u;

/**
 * The identity of an approver, delegator or delegate, trimmed. Two identities must not differ by invisible characters
 * alone: one person could pass for the two approvers that a rule demands, and an audit could name a person who
 * doesn't exist.
 *
 * @throws {GaitError} `invalid_input` when it is blank or has invisible characters
 */
export function demandIdentity(text: string | undefined, field: string): string {
  const identity = demandText(text, field);
  if (INVISIBLE.test(text!)) {
    throw invalidOption(
      (name) => `Cannot use ${name(field)} "${escapeControls(text!)}": it has invisible characters`,
      () => "Type the name instead of copying it",
    );
  }
  return identity;
}
