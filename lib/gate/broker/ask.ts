import type { Evaluation } from "../../evaluate/types.ts";
import { set, trim } from "../../formats/text.ts";
import type { Intent } from "../../intent/types.ts";
import type { Broker, BrokerEffects } from "./config.ts";
import type { CredentialResult } from "./credential.ts";

/** The broker of a gate, and what the options add to every request. */
export interface CredentialOptions {
  readonly broker: Broker;
  /** Replaces the reference of the rule. */
  readonly reference?: string | undefined;
  readonly scopes: readonly string[];
}

/**
 * Request the credential that an allowed call needs (docs/spec/tokens.md section 6).
 *
 * @param strict for risky calls and in production
 */
export async function requestCredential(
  { broker, reference, scopes }: CredentialOptions,
  intent: Intent,
  evaluation: Evaluation,
  effects: BrokerEffects,
  strict: boolean,
): Promise<CredentialResult> {
  if (broker.kind === "off") return { kind: "no_broker" };
  const demand = {
    reference: trim(reference ?? "") || evaluation.brokerReference,
    scope: set([...evaluation.brokerScopes, ...scopes]),
  };
  try {
    const { issue } = await import("./issue.ts");
    return { kind: "issued", ...await issue(broker, intent, demand, effects, strict) };
  } catch {
    return { kind: "failed" };
  }
}
