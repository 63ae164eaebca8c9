import { invalidInput, invalidOption, type OptionError } from "../../errors/mod.ts";
import type { Evaluation } from "../../evaluate/types.ts";
import type { Intent } from "../../intent/types.ts";
import { isHighRisk } from "../../intent/warnings.ts";
import type { Policy, Rule } from "../../policy/types.ts";
import type { KeyMode } from "../../signing/mod.ts";

/** How strict a gate is about policy and keys. */
export type Profile = "standard" | "oss-prod";

/** All profiles. */
export const PROFILES: readonly Profile[] = ["standard", "oss-prod"];

/**
 * Whether an unusable source must block the call: always in production, else for risky intents (docs/spec/gate.md
 * 4.3, 6.2).
 */
export function isStrict(profile: Profile, riskClass: string): boolean {
  return profile === "oss-prod" || isHighRisk(riskClass);
}

/**
 * Check the demands of production on the options, before anything is loaded (docs/spec/gate.md 4.3, item 2).
 *
 * @throws {GaitError} `invalid_input`
 */
export function checkStart(
  profile: Profile,
  { simulate, keyMode, hasPrivateKey }: {
    readonly simulate: boolean;
    readonly keyMode: KeyMode | undefined;
    readonly hasPrivateKey: boolean;
  },
): void {
  if (profile !== "oss-prod") return;
  if (simulate) throw invalidInput('Cannot simulate under profile "oss-prod"');
  if (keyMode !== "prod") {
    throw invalidOption(
      () => 'Profile "oss-prod" needs key mode "prod"',
      (name) => `Give ${name("keys.mode")} prod and a key: ${name("keys.signing.file")}`,
    );
  }
  if (!hasPrivateKey) {
    throw invalidOption(
      () => 'Profile "oss-prod" needs a private key to sign with',
      (name) => `Give ${name("keys.signing.file")} or ${name("keys.signing.env")}`,
    );
  }
}

/**
 * Check the demands of production on a policy: no call passes by default, and no risky call passes without a broker
 * credential (docs/spec/gate.md 4.3, item 4).
 *
 * @param defaultMayPass the first of it is not demanded (docs/spec/mcp.md 2.1)
 * @throws {GaitError} `invalid_input` that names the rule
 */
export function checkPolicy(
  profile: Profile,
  policy: Policy,
  { hasBroker, defaultMayPass }: { readonly hasBroker: boolean; readonly defaultMayPass: boolean },
): void {
  if (profile !== "oss-prod") return;
  if (passesByDefault(policy) && !defaultMayPass) {
    throw invalidInput(
      `Profile "oss-prod" refuses default_verdict ${policy.defaultVerdict}: a call that matches no rule would pass`,
      { hint: "Set default_verdict: block or require_approval, and allow by rules" },
    );
  }
  const risky = policy.rules.filter(letsHighRiskPass);
  const open = policy.rules.filter(lacksBroker).map((rule) => `"${rule.name}"`);
  if (open.length > 0) {
    const [rules, they] = open.length === 1 ? ["rule", "it lets"] : ["rules", "they let"];
    throw invalidInput(
      `Profile "oss-prod" refuses ${rules} ${
        open.join(", ")
      }: ${they} high risk pass without a broker credential`,
      {
        hint: "Set require_broker_credential: true on each of them, also in a policy made from a template; " +
          "gait policy lint <policy> --profile oss-prod shows where they stand",
      },
    );
  }
  if (risky.length > 0 && !hasBroker) {
    throw invalidInput(
      `Profile "oss-prod" needs a credential broker: rule "${risky[0]!.name}" demands its credentials`,
    );
  }
}

/** Whether production refuses a policy because of its default. */
export function passesByDefault({ defaultVerdict }: Policy): boolean {
  return defaultVerdict !== "block" && defaultVerdict !== "require_approval";
}

/**
 * Whether a rule lets calls of any risk pass because it has no risk classes and demands no credential. Only the
 * linter reports it: the rule may be about a tool that is harmless at any risk, which a gate can't know.
 */
export function coversAnyRisk({ effect, match, requireBrokerCredential }: Rule): boolean {
  return (effect === "allow" || effect === "dry_run") && match.riskClasses.length === 0 &&
    !requireBrokerCredential;
}

/** Whether a risky call passes in production by a rule without risk classes. */
export function passesAtAnyRisk(
  profile: Profile,
  { context }: Intent,
  { verdict, requireBrokerCredential }: Evaluation,
): boolean {
  return profile === "oss-prod" && isHighRisk(context.riskClass) && verdict === "allow" &&
    !requireBrokerCredential;
}

/** Whether production refuses a policy because of this rule. */
export function lacksBroker(rule: Rule): boolean {
  return letsHighRiskPass(rule) && !rule.requireBrokerCredential;
}

function letsHighRiskPass({ effect, match }: Rule): boolean {
  return effect !== "block" && match.riskClasses.some(isHighRisk);
}

/**
 * Check the demands of production on a call that needs approval or delegation: a separate key for tokens, because the
 * key that signs traces must not grant rights. Checked before counters are charged.
 *
 * @param withoutApprovals no approval is looked at, so no key is needed for one
 * @throws {GaitError} `invalid_input`
 */
export function checkTokenKeys(
  profile: Profile,
  evaluation: Evaluation,
  trust: { readonly approvalKeyIsOwn: boolean; readonly delegationKeyIsOwn: boolean },
  withoutApprovals = false,
): void {
  if (profile !== "oss-prod") return;
  if (evaluation.requireDelegation && trust.delegationKeyIsOwn) throw missingKey("delegation");
  if (withoutApprovals) return;
  if (evaluation.verdict === "require_approval" && trust.approvalKeyIsOwn) throw missingKey("approval");
}

function missingKey(what: "approval" | "delegation"): OptionError {
  return invalidOption(
    () => `Profile "oss-prod" needs a separate key to verify ${what} tokens with`,
    (name) => `Give ${name(`keys.${what}.file`)} or ${name(`keys.${what}.env`)}`,
  );
}
