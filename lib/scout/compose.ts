import type { GeneratedRule, Signal, Survey } from "./types.ts";

/** The most tools named in the header of a policy. */
const NAMED_TOOLS = 8;

/**
 * Compose a policy for a repository: the findings as comments, a blank line, and an unchanged baseline. Comments
 * don't affect the digest; suggested rules are formatted so that they can be moved below `rules:`.
 */
export function composePolicy(baseline: string, survey: Survey): string {
  return head(survey).map((line) => `# ${line}\n`).join("") + "\n" + baseline;
}

function head({ frameworks, toolNames, generatedRules, unknownSignals }: Survey): string[] {
  const { repo_policy_path, project_defaults_path, regress_config_path } = REPOSITORY_CONTRACT;
  const more = toolNames.length > NAMED_TOOLS ? ` (+${toolNames.length - NAMED_TOOLS} more)` : "";
  return [
    "Policy of this repository: what its agents may do",
    `repo_policy_path: ${repo_policy_path}`,
    `project_defaults_path: ${project_defaults_path}`,
    `regress_config_path: ${regress_config_path}`,
    ...(frameworks.length > 0 ? [`detected_frameworks: ${listed(frameworks)}`] : []),
    ...(toolNames.length > 0 ? [`detected_tools: ${listed(toolNames.slice(0, NAMED_TOOLS))}${more}`] : []),
    ...section("generated_rules", generatedRules.map(ruleLines)),
    ...section("unknown_signals", unknownSignals.map(signalLines)),
  ];
}

function section(name: string, items: readonly (readonly string[])[]): string[] {
  if (items.length === 0) return [];
  return [
    `${name}:`,
    ...items.flatMap((lines) => lines.map((line, i) => `${i === 0 ? "  - " : "    "}${line}`)),
  ];
}

function ruleLines(rule: GeneratedRule): string[] {
  return [
    `name: ${rule.name}`,
    `priority: ${rule.priority}`,
    `effect: ${rule.effect}`,
    `match: {tool_names: [${listed(rule.matchToolNames)}]}`,
    `reason_codes: [${listed(rule.reasonCodes)}]`,
  ];
}

function signalLines(signal: Signal): string[] {
  return [`code: ${signal.code}`, `value: ${signal.value}`, `evidence: [${listed(signal.evidence)}]`];
}

function listed(names: readonly string[]): string {
  return names.map(quoted).join(", ");
}

/**
 * Names come from the repository, including file names. A line break in one must not end the comment and add a rule.
 * YAML also breaks lines at U+0085, U+2028 and U+2029, so everything but printable ASCII is escaped.
 */
function quoted(name: string): string {
  if (/^[A-Za-z][A-Za-z0-9._-]*$/.test(name)) return name;
  return JSON.stringify(name).replace(
    /[^\x20-\x7e]/g,
    (unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

/** The paths of the files that configure Gait in a repository (docs/spec/gate.md 6.3). */
export const REPOSITORY_CONTRACT = {
  repo_policy_path: ".gait.yaml",
  project_defaults_path: ".gait/config.yaml",
  regress_config_path: "gait.yaml",
  legacy_policy_scaffold_path: "gait.policy.yaml",
} as const;
