import { coversAnyRisk, lacksBroker, passesByDefault } from "../gate/profile/profile.ts";
import { conditionsOf, maskOf } from "./match_lists.ts";
import type { Found, Subject } from "./subject.ts";

/** What happens to a call that no rule matches, and what production makes of the policy (weak spots 6 and 7). */
export function findInDefaults({ policy, profile }: Subject): Found[] {
  const inProduction = { level: profile === "oss-prod" ? "error" : "note", path: ["name"] } as const;
  const refused = policy.rules.flatMap((rule, number): Found[] => [
    ...(lacksBroker(rule)
      ? [{
        id: "profile-refuses" as const,
        ...inProduction,
        message: 'Refused by profile "oss-prod": lets high risk pass without a broker credential',
        rule: number,
      }]
      : []),
    // Outside of production most rules are so, and rightly.
    ...(coversAnyRisk(rule) && (profile === "oss-prod" || rule.match.toolNames.length === 0)
      ? [{
        id: "any-risk" as const,
        ...inProduction,
        message: "Names no risk_classes, so calls of high and critical risk pass by it",
        rule: number,
      }]
      : []),
  ]);
  const { rules, defaultVerdict, failClosed } = policy;
  const masks = rules.map((rule) => conditionsOf(rule).mask);
  const path = ["default_verdict"];
  if (defaultVerdict !== "allow" || masks.includes(0)) {
    if (profile !== "oss-prod" || !passesByDefault(policy)) return refused;
    // Whatever the rules catch, the profile does not start with such a default.
    const message = `Refused by profile "oss-prod": what no rule matches is ${defaultVerdict}`;
    return [{ id: "default-allow", level: "error", message, path }, ...refused];
  }
  const strict = profile === "oss-prod" ? { level: "error" as const } : {};
  const although = profile === "oss-prod"
    ? ", under the strict profile oss-prod"
    : failClosed.enabled
    ? ", although fail_closed is on"
    : "";
  const covered = new Set(
    rules.flatMap(({ match }, i) => masks[i] === maskOf("endpoint class") ? match.endpointClasses : []),
  );
  const open = ["fs.delete", "proc.exec"].filter((name) => !covered.has(name));
  return [
    { id: "default-allow", ...strict, message: `What no rule matches is allowed${although}`, path },
    ...(open.length === 0 ? [] : [{
      id: "destructive-default" as const,
      ...strict,
      message: `Destructive calls (${open.join(", ")}) that no rule matches are allowed`,
      path,
    }]),
    ...refused,
  ];
}
