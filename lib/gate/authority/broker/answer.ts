import type { ChildRequest, ChildResult, Environment } from "../../../effects/types.ts";
import type { Rfc3339 } from "../../../formats/time.ts";
import type { Evaluation } from "../../evaluate/types.ts";
import type { Intent } from "../../intent/types.ts";
import { set, trim } from "../../text.ts";
import type { Broker } from "./config.ts";
import type { CredentialCode } from "./validity.ts";

/** What a broker says of a credential that it issued; the credential itself never passes here. */
export interface Credential {
  readonly issuer: string;
  /** Names the credential, e.g. a lease. */
  readonly ref: string;
  /** The zero time when unknown. */
  readonly issuedAt: Rfc3339;
  readonly expiresAt: Rfc3339;
  /** 0 when unknown. */
  readonly ttlSeconds: number;
}

/** What was asked of the broker. */
export interface CredentialAsked {
  readonly reference: string;
  readonly scope: readonly string[];
}

/** A credential that a broker issued. */
export interface Issued {
  readonly credential: Credential;
  readonly asked: CredentialAsked;
  /** Why it does not count; nothing when it holds. */
  readonly code?: CredentialCode;
  /** What people should know of its times. */
  readonly notes: readonly string[];
}

/** What asking came to. Why it failed is nobody's business: the text may hold the secret. */
export type CredentialAnswer =
  | { readonly kind: "not_asked" }
  | { readonly kind: "no_broker" }
  | { readonly kind: "failed" }
  | ({ readonly kind: "issued" } & Issued);

/** A broker, and what the set-up adds to every request. */
export interface CredentialDesk {
  readonly broker: Broker;
  /** Wins over that of the rule. */
  readonly reference: string;
  readonly scopes: readonly string[];
}

/** What brokers need of the world. */
export interface BrokerWorld {
  readonly env: Environment;
  readonly runChild: (request: ChildRequest) => Promise<ChildResult>;
  readonly now: () => number;
}

/**
 * Ask the broker for the credential that an allowed call needs (docs/spec/tokens.md section 6).
 *
 * @param strict when the stakes are high
 */
export async function askCredential(
  { broker, reference, scopes }: CredentialDesk,
  intent: Intent,
  evaluation: Evaluation,
  world: BrokerWorld,
  strict: boolean,
): Promise<CredentialAnswer> {
  if (broker.kind === "off") return { kind: "no_broker" };
  const asked = {
    reference: trim(reference) || evaluation.brokerReference,
    scope: set([...evaluation.brokerScopes, ...scopes]),
  };
  try {
    const { issue } = await import("./issue.ts");
    return { kind: "issued", ...await issue(broker, intent, asked, world, strict) };
  } catch {
    return { kind: "failed" };
  }
}
