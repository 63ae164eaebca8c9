import { invalidInput } from "../../errors/mod.ts";
import type { Evaluation } from "../../evaluate/types.ts";
import type { Intent } from "../../intent/types.ts";
import { isHighRisk } from "../../intent/warnings.ts";
import type { Policy, Rule } from "../../policy/types.ts";
import { trimLower } from "../../formats/text.ts";

/** How much a gate demands of its own set-up. */
export type Profile = "standard" | "oss-prod";

/**
 * The profile of that name; blank stands for `standard`.
 *
 * @throws {GaitError} `invalid_input`
 */
export function parseProfile(text: string): Profile {
  const name = trimLower(text) || "standard";
  if (name === "standard" || name === "oss-prod") return name;
  throw invalidInput(`Cannot use profile "${text}": expected standard or oss-prod`);
}

/** Whether doubt must end in a block: always in production, else for risky intents (docs/spec/gate.md 4.3, 6.2). */
export function isStrict(profile: Profile, riskClass: string): boolean {
  return profile === "oss-prod" || isHighRisk(riskClass);
}

/**
 * What production demands before anything is loaded (docs/spec/gate.md 4.3, item 2).
 *
 * @throws {GaitError} `invalid_input`
 */
export function checkStart(
  profile: Profile,
  { simulate, keyMode, hasPrivateKey }: { simulate: boolean; keyMode: string; hasPrivateKey: boolean },
): void {
  if (profile !== "oss-prod") return;
  if (simulate) throw invalidInput('Cannot simulate under profile "oss-prod"');
  if (trimLower(keyMode) !== "prod") {
    throw invalidInput('Profile "oss-prod" needs key mode "prod"', {
      hint: "Give --key-mode prod --private-key <file>",
    });
  }
  if (!hasPrivateKey) {
    throw invalidInput('Profile "oss-prod" needs a private key to sign with', {
      hint: "Give --private-key <file> or --private-key-env <variable>",
    });
  }
}

/**
 * What production demands of a policy: nothing passes because no rule names it, and nothing risky passes without a
 * credential of a broker (docs/spec/gate.md 4.3, item 4).
 *
 * @throws {GaitError} `invalid_input` that names the rule
 */
export function checkPolicy(profile: Profile, policy: Policy, hasBroker: boolean): void {
  if (profile !== "oss-prod") return;
  if (passesByDefault(policy)) {
    throw invalidInput(
      `Profile "oss-prod" refuses default_verdict ${policy.defaultVerdict}: what no rule names would pass`,
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
 * Whether a rule lets calls of any risk pass without saying so: it names no risk classes, and demands no credential.
 * The linter tells it; a rule about a tool that is harmless whatever the risk is no mistake that a gate could know of.
 */
export function coversAnyRisk({ effect, match, requireBrokerCredential }: Rule): boolean {
  return (effect === "allow" || effect === "dry_run") && match.riskClasses.length === 0 &&
    !requireBrokerCredential;
}

/** Whether a risky call passes in production although no rule spoke of its risk. */
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
 * What production demands once approval or delegation is in question: a key of its own for tokens, because the key
 * that signs traces must not grant rights. Checked before counters are spent.
 *
 * @throws {GaitError} `invalid_input`
 */
export function checkTokenKeys(
  profile: Profile,
  evaluation: Evaluation,
  trust: { readonly approvalKeyIsOwn: boolean; readonly delegationKeyIsOwn: boolean },
): void {
  if (profile !== "oss-prod") return;
  if (evaluation.requireDelegation && trust.delegationKeyIsOwn) throw missingKey("delegation");
  if (evaluation.verdict === "require_approval" && trust.approvalKeyIsOwn) throw missingKey("approval");
}

function missingKey(what: string) {
  return invalidInput(`Profile "oss-prod" needs a key of its own to verify ${what} tokens with`, {
    hint: `Give --${what}-public-key <file> or --${what}-public-key-env <variable>`,
  });
}
