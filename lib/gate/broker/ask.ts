import type { Evaluation } from "../../evaluate/types.ts";
import { set, trim } from "../../formats/text.ts";
import type { Intent } from "../../intent/types.ts";
import type { Broker, BrokerEffects } from "./config.ts";
import type { CredentialAnswer } from "./credential.ts";

/** The broker of a gate, and what its configuration adds to every request. */
export interface CredentialOptions {
  readonly broker: Broker;
  /** Wins over that of the rule. */
  readonly reference?: string | undefined;
  readonly scopes: readonly string[];
}

/**
 * Ask the broker for the credential that an allowed call needs (docs/spec/tokens.md section 6).
 *
 * @param strict when the stakes are high
 */
export async function askCredential(
  { broker, reference, scopes }: CredentialOptions,
  intent: Intent,
  evaluation: Evaluation,
  effects: BrokerEffects,
  strict: boolean,
): Promise<CredentialAnswer> {
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
