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

/** What every token is made with. */
export interface MintOptions {
  /** What it is for, e.g. `tool:pay.send`. */
  readonly scope: readonly string[];
  /** How long it holds: a positive duration such as `30m` or `1h30m`, or nanoseconds. */
  readonly ttl: string | bigint;
  /** Milliseconds since 1970 from which it holds; the present time unless given. */
  readonly now?: number;
}

/** What a person approves. */
export interface MintApprovalOptions extends MintOptions {
  /** `intentDigest` of the decision that stopped the call: 64 hex digits. */
  readonly intentDigest: string;
  /** `policyDigest` of that decision: 64 hex digits. */
  readonly policyDigest: string;
  /** Digest of the delegation that the call acts under, when it does. */
  readonly delegationBindingDigest?: string | undefined;
  /** Identity of the person. */
  readonly approver: string;
  /** Why, e.g. the number of a change. */
  readonly reasonCode: string;
  /** At most so many targets; no bound unless given. */
  readonly maxTargets?: number;
  /** At most so many operations; no bound unless given. */
  readonly maxOps?: number;
  /** The approval counts once. */
  readonly singleUse?: boolean;
}

/** Who may act in whose name. */
export interface MintDelegationOptions extends MintOptions {
  readonly delegator: string;
  readonly delegate: string;
  /** Class of what the delegate may do, e.g. `write`. */
  readonly scopeClass?: string | undefined;
  /** Only for this call. */
  readonly intentDigest?: string | undefined;
  /** Only under this policy. */
  readonly policyDigest?: string | undefined;
}

/** What a token says of its making. */
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
 * Make a signed token of approval (docs/spec/tokens.md section 2). The checks stand in the order of 2.1.
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
 * Make a signed token of delegation (docs/spec/tokens.md 4.1).
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

/** From here on a token is worth a warning: 30 days in nanoseconds. */
const LONG = 30n * 24n * 3_600_000_000_000n;

/** What to tell whoever makes a token that holds for long. */
export function ttlWarnings(ttl: bigint): string[] {
  return ttl > LONG ? ["this token holds for more than 30 days: whoever finds it can use it that long"] : [];
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

/** Programs that no compiler checked may leave out what the types demand. */
type Given<T> = T | undefined;

function demandTtl(ttl: Given<string | bigint>): bigint {
  if (ttl === undefined) throw missingOption("ttl", () => "Give a positive duration such as 30m or 1h30m");
  return positiveDuration(ttl, "ttl");
}

function demandDigest(text: Given<string>, field: string): string {
  const digest = normalDigest(demandText(text, field));
  if (isHexDigest(digest)) return digest;
  throw invalidOption(
    (name) => `Cannot use ${name(field)} "${text}": expected 64 hex digits`,
    () => "The decision that stopped the call names the digests of its intent and policy",
  );
}

/** A token that is bound to nothing has an empty digest. */
function optionalDigest(text: Given<string>, field: string): string {
  const digest = normalDigest(text ?? "");
  if (isDigestOrEmpty(digest)) return digest;
  throw invalidOption((name) => `Cannot use ${name(field)} "${text}": expected 64 hex digits`);
}

function demandText(text: Given<string>, field: string): string {
  const trimmed = trim(text ?? "");
  if (trimmed === "") throw missingOption(field);
  return trimmed;
}

/** @param marks stand in the scope, but alone they are none */
function demandScope(scope: Given<readonly string[]>, marks: readonly string[] = []): string[] {
  if (lset(scope ?? []).length === 0) {
    throw missingOption("scope", () => "Say what it is for, e.g. tool:pay.send");
  }
  return lset([...scope!, ...marks]);
}

function demandBound(bound: Given<number>, field: string): number {
  if (bound === undefined || bound >= 0) return bound ?? 0;
  throw invalidOption((name) => `Cannot use ${name(field)} ${bound}: it must be 0 or more`);
}

/**
 * What nobody sees in a name: controls, formats, what is unassigned, private or half a character, line separators,
 * spaces but the usual one, fillers, and what has no width of its own.
 */
const UNSEEN =
  /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]/u;

/**
 * The name of somebody who answers for something, trimmed. A name must not differ from another by what nobody sees:
 * else one person could be the two that a rule demands, and a record name somebody who isn't there.
 *
 * @throws {GaitError} `invalid_input` when there is none, or it holds what can't be seen
 */
export function demandIdentity(text: string | undefined, field: string): string {
  const identity = demandText(text, field);
  if (UNSEEN.test(text!)) {
    throw invalidOption(
      (name) => `Cannot use ${name(field)} "${escapeControls(text!)}": it holds characters that nobody sees`,
      () => "Type the name instead of copying it",
    );
  }
  return identity;
}
