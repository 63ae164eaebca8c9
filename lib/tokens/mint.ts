import { invalidInput } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { type JsonObject, prettyJson } from "../formats/json/mod.ts";
import { timeAfter, timeOfMillis } from "../formats/time.ts";
import { isHexDigest, type PrivateKey, sha256, type Signature, signDocument } from "../signing/mod.ts";
import { lset, trim, trimLower } from "../formats/text.ts";
import { approvalIdText, type ApprovalToken, encodeUnsignedApproval } from "./approval_token.ts";
import { delegationIdText, type DelegationToken, encodeUnsignedDelegation } from "./delegation_token.ts";
import { isDigestOrEmpty, normalDigest } from "./sealed.ts";
import { escapeControls } from "../formats/controls.ts";

/** What every token is made with. */
interface Order {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Nanoseconds that it holds, more than 0. */
  readonly ttl: bigint;
  readonly scope: readonly string[];
  readonly producerVersion: string;
}

/** Options for minting an approval token. */
export interface MintApprovalOptions extends Order {
  readonly intentDigest: string;
  readonly policyDigest: string;
  readonly bindingDigest: string;
  readonly approver: string;
  readonly reasonCode: string;
  readonly maxTargets: number;
  readonly maxOps: number;
}

/** Options for minting a delegation token. */
export interface MintDelegationOptions extends Order {
  readonly delegator: string;
  readonly delegate: string;
  readonly scopeClass: string;
  readonly intentDigest: string;
  readonly policyDigest: string;
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
  order: MintApprovalOptions,
  key: PrivateKey,
): Promise<Minted<ApprovalToken>> {
  const fields = {
    intentDigest: demandDigest(order.intentDigest, "--intent-digest"),
    policyDigest: demandDigest(order.policyDigest, "--policy-digest"),
    bindingDigest: optionalDigest(order.bindingDigest, "--delegation-binding-digest"),
    approver: demandIdentity(order.approver, "--approver"),
    reasonCode: demandText(order.reasonCode, "--reason-code"),
    scope: demandScope(order.scope),
    maxTargets: demandBound(order.maxTargets, "--max-targets"),
    maxOps: demandBound(order.maxOps, "--max-ops"),
    ...common(order),
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
  order: MintDelegationOptions,
  key: PrivateKey,
): Promise<Minted<DelegationToken>> {
  const fields = {
    delegator: demandIdentity(order.delegator, "--delegator"),
    delegate: demandIdentity(order.delegate, "--delegate"),
    scope: demandScope(order.scope),
    scopeClass: trimLower(order.scopeClass),
    intentDigest: optionalDigest(order.intentDigest, "--intent-digest"),
    policyDigest: optionalDigest(order.policyDigest, "--policy-digest"),
    ...common(order),
  };
  const tokenId = await idOf(delegationIdText(fields));
  return await sign({ ...fields, tokenId, written: { ...fields, tokenId } }, encodeUnsignedDelegation, key);
}

function common({ now, ttl, producerVersion }: Order) {
  return {
    schemaId: "",
    schemaVersion: "",
    createdAt: timeOfMillis(now),
    expiresAt: timeAfter(now, ttl),
    producerVersion,
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

function demandDigest(text: string, flag: string): string {
  const digest = normalDigest(text);
  if (isHexDigest(digest)) return digest;
  throw invalidInput(`Cannot use ${flag} "${text}": expected 64 hex digits`, {
    hint: "gait gate eval prints intent_digest and policy_digest",
  });
}

function optionalDigest(text: string, flag: string): string {
  const digest = normalDigest(text);
  if (isDigestOrEmpty(digest)) return digest;
  throw invalidInput(`Cannot use ${flag} "${text}": expected 64 hex digits`);
}

function demandText(text: string, flag: string): string {
  const trimmed = trim(text);
  if (trimmed === "") throw invalidInput(`Missing ${flag}`);
  return trimmed;
}

function demandScope(scope: readonly string[]): string[] {
  const kept = lset(scope);
  if (kept.length === 0) {
    throw invalidInput("Missing --scope", { hint: "For example: --scope tool:pay.send" });
  }
  return kept;
}

function demandBound(bound: number, flag: string): number {
  if (bound < 0) throw invalidInput(`Cannot use ${flag} ${bound}: it must be 0 or more`);
  return bound;
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
export function demandIdentity(text: string, flag: string): string {
  const name = trim(text);
  if (name === "") throw invalidInput(`Missing ${flag}`);
  if (UNSEEN.test(text)) {
    throw invalidInput(`Cannot use ${flag} "${escapeControls(text)}": it holds characters that nobody sees`, {
      hint: "Type the name instead of copying it",
    });
  }
  return name;
}
