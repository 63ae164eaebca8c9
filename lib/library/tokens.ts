import { invalidInput } from "../errors/mod.ts";
import { parseDuration } from "../formats/duration.ts";
import { type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { mintApproval as mint } from "../tokens/mint.ts";
import { SINGLE_USE } from "../tokens/trust.ts";
import type { PrivateKey } from "../signing/mod.ts";
import { VERSION } from "../version.ts";
import { checkOptions, checkPrivateKey, type Shape } from "./arguments.ts";
import { withLibraryErrors } from "./errors.ts";
import { libraryEffects } from "./effects.ts";

/** The parameters of {@linkcode mintApproval}. */
export interface ApprovalRequest {
  /** `intentDigest` of the decision that stopped the call: 64 hex digits. */
  readonly intentDigest: string;
  /** `policyDigest` of that decision: 64 hex digits. */
  readonly policyDigest: string;
  /** Digest of the delegation that the call uses, if any. */
  readonly delegationBindingDigest?: string;
  /** Identity of the person. */
  readonly approver: string;
  /** Why, e.g. the number of a change. */
  readonly reasonCode: string;
  /** What it is for, e.g. `tool:pay.send`. */
  readonly scope: readonly string[];
  /** Its lifetime: a positive duration such as `30m` or `1h30m`. */
  readonly ttl: string;
  /** The most targets; unlimited by default. */
  readonly maxTargets?: number;
  /** The most operations; unlimited by default. */
  readonly maxOps?: number;
  /** Whether the approval can be used only once. */
  readonly singleUse?: boolean;
  /** Start of its validity in milliseconds since 1970; the current time by default. */
  readonly now?: number;
}

/** A signed approval. */
export interface Approval {
  /** 24 hex digits. */
  readonly tokenId: string;
  /** When it expires. */
  readonly expiresAt: Rfc3339;
  /** The token, for `approvalTokens` of a call. */
  readonly token: JsonObject;
  /** The token as `gait approve` writes it into a file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const APPROVAL_REQUEST: Shape<ApprovalRequest> = {
  intentDigest: "text",
  policyDigest: "text",
  delegationBindingDigest: "text",
  approver: "text",
  reasonCode: "text",
  scope: "texts",
  ttl: "text",
  maxTargets: "number",
  maxOps: "number",
  singleUse: "switch",
  now: "number",
};

/**
 * Mint an approval token for one stopped call under one policy, for a limited time. Anyone who holds `key` can
 * approve calls: keep it away from the agent.
 *
 * @throws {GaitError} `invalid_input` for a digest, scope, bound or duration that can't be used
 */
export async function mintApproval(request: ApprovalRequest, key: PrivateKey): Promise<Approval> {
  checkOptions("the request", request, APPROVAL_REQUEST);
  for (const name of ["intentDigest", "policyDigest", "approver", "reasonCode", "scope", "ttl"] as const) {
    if (request[name] === undefined) throw invalidInput(`Missing ${name}`);
  }
  checkPrivateKey(key);
  const ttl = parseDuration(request.ttl);
  if (ttl === undefined || ttl <= 0n) {
    throw invalidInput(`Cannot use ttl "${request.ttl}": expected a positive duration such as 30m`);
  }
  const { token, file } = await withLibraryErrors(() =>
    mint({
      intentDigest: request.intentDigest,
      policyDigest: request.policyDigest,
      bindingDigest: request.delegationBindingDigest ?? "",
      approver: request.approver,
      reasonCode: request.reasonCode,
      scope: request.singleUse ? [...request.scope, SINGLE_USE] : request.scope,
      maxTargets: request.maxTargets ?? 0,
      maxOps: request.maxOps ?? 0,
      ttl,
      now: request.now ?? libraryEffects().now(),
      producerVersion: VERSION,
    }, key)
  );
  return {
    tokenId: token.tokenId,
    expiresAt: token.expiresAt,
    token: readJsonObject(file, { what: "approval token" }),
    bytes: file,
  };
}
