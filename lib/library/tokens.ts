import { type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { mintApproval as mint, type MintApprovalOptions } from "../tokens/mint.ts";
import type { PrivateKey } from "../signing/mod.ts";
import { VERSION } from "../version.ts";
import { checkOptions, checkPrivateKey, type Shape } from "./arguments.ts";
import { withLibraryErrors } from "./errors.ts";
import { libraryEffects } from "./effects.ts";

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

const OPTIONS: Shape<MintApprovalOptions> = {
  intentDigest: "text",
  policyDigest: "text",
  delegationBindingDigest: "text",
  approver: "text",
  reasonCode: "text",
  scope: "texts",
  ttl: "duration",
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
export async function mintApproval(options: MintApprovalOptions, key: PrivateKey): Promise<Approval> {
  checkOptions("options", options, OPTIONS);
  checkPrivateKey(key);
  const { token, file } = await withLibraryErrors(() =>
    mint(options, key, { now: libraryEffects().now(), producerVersion: VERSION })
  );
  return {
    tokenId: token.tokenId,
    expiresAt: token.expiresAt,
    token: readJsonObject(file, { what: "approval token" }),
    bytes: file,
  };
}
