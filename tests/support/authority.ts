import { parsePolicy } from "../../lib/policy/parse.ts";
import { compile } from "../../lib/evaluate/compile.ts";
import { decide, type Decision, type Gate, type GateCall } from "../../lib/gate/decide.ts";
import { intentDigest, withoutClaims } from "../../lib/intent/digest.ts";
import type { Intent } from "../../lib/intent/types.ts";
import { mintApproval, type MintApprovalOptions, mintDelegation } from "../../lib/tokens/mint.ts";
import type { MintDelegationOptions } from "../../lib/tokens/mint.ts";
import type { GivenToken } from "../../lib/tokens/given_token.ts";
import type { TokenTrust } from "../../lib/tokens/trust.ts";
import type { CredentialOptions } from "../../lib/gate/broker/ask.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { type JsonObject, readJsonObject } from "../../lib/formats/json/mod.ts";
import type { PrivateKey } from "../../lib/signing/mod.ts";
import { FAKE_NOW, type FakeEffects, fakeEffects } from "./fake_effects.ts";
import { anIntent } from "./gate.ts";
import { testKey } from "./sample_run.ts";

/** Key of the gate, and one of each approver. */
export const [gateKey, alice, bob, eve] = await Promise.all([11, 12, 13, 14].map(testKey)) as [
  PrivateKey,
  PrivateKey,
  PrivateKey,
  PrivateKey,
];

export const MINUTE = 60_000_000_000n;

/** Rules that stop a call, by the approvals that they need. */
export const stops = (approvals = 1, more = "") =>
  `rules: [{name: stop, effect: require_approval, min_approvals: ${approvals}${more}}]`;

/** Parts of a gate that a test sets. */
export interface GateParts {
  readonly policy?: string;
  readonly trust?: Partial<TokenTrust>;
  readonly credentials?: Partial<CredentialOptions>;
  readonly simulate?: boolean;
}

/** A gate that trusts Alice for approvals and for delegations. */
export async function aGate(
  { policy: text = stops(), trust, credentials, simulate = false }: GateParts = {},
): Promise<Gate> {
  const policy = await parsePolicy(utf8(text), "policy");
  return {
    policy,
    compiled: compile(policy.policy),
    profile: "standard",
    key: gateKey,
    limitsPath: "limits.json",
    simulate,
    trust: {
      approvalKey: alice.public,
      delegationKey: alice.public,
      approvalKeyIsOwn: false,
      delegationKeyIsOwn: false,
      singleUse: false,
      refuseSelfApproval: false,
      ledger: "ledger",
      ...trust,
    },
    credentials: { broker: { kind: "off" }, reference: "", scopes: [], ...credentials },
    producerVersion: "1.2.3",
  };
}

/** Decide an intent. */
export async function decideOn(
  gate: Gate,
  intent: Intent,
  tokens: Partial<Pick<GateCall, "approvals" | "delegations">> = {},
  effects: FakeEffects = fakeEffects(),
): Promise<Decision> {
  return await decide(gate, { intent, approvalRef: "", correlationId: "", ...tokens }, effects);
}

const MINTED = { now: FAKE_NOW, producerVersion: "1.2.3" };

/** An approval of a call, as its file would hold it. */
export async function approvalOf(
  gate: Gate,
  intent: Intent = anIntent(),
  parts: Partial<MintApprovalOptions> = {},
  key: PrivateKey = alice,
): Promise<JsonObject> {
  const { file } = await mintApproval(
    {
      intentDigest: await intentDigest(withoutClaims(intent)),
      policyDigest: gate.policy.digest,
      approver: "alice",
      reasonCode: "CHG-1",
      scope: [`tool:${intent.toolName}`],
      ttl: 5n * MINUTE,
      ...parts,
    },
    key,
    MINTED,
  );
  return readJsonObject(file, { what: "token" });
}

/** A delegation, as its file would hold it. */
export async function delegationOf(
  delegator: string,
  delegate: string,
  parts: Partial<MintDelegationOptions> = {},
  key: PrivateKey = alice,
): Promise<JsonObject> {
  const { file } = await mintDelegation(
    {
      delegator,
      delegate,
      scope: ["write"],
      ttl: 5n * MINUTE,
      ...parts,
    },
    key,
    MINTED,
  );
  return readJsonObject(file, { what: "token" });
}

/** Tokens that came with a call. */
export function given(...tokens: readonly (JsonObject | Uint8Array)[]): GivenToken[] {
  return tokens.map((token, i) => ({ name: `token ${i}`, read: () => Promise.resolve(token) }));
}
