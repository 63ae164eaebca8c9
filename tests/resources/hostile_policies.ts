/** Hostile policies, for those who read, write and lint them. */
import { parseExpectation } from "../../lib/evaluate/fixtures/run.ts";
import { lintPolicy } from "../../lib/lint/lint.ts";
import { encodeSarif } from "../../lib/lint/sarif.ts";
import { formatPolicy } from "../../lib/policy/format.ts";
import { parsePolicy } from "../../lib/policy/parse.ts";
import { json, named, type Readers, what } from "./hostile_reader.ts";
import { list } from "./log_lines.ts";

export const yaml: Record<string, (n: number) => string> = {
  "rules": (n) =>
    `default_verdict: block\nrules:\n${
      list(n, (i) =>
        `  - name: r${i}\n    effect: allow\n    priority: ${i}\n    match: {tool_names: [t${i}]}\n`).join("")
    }`,
  "tools of one rule": (n) =>
    `rules:\n  - name: r\n    effect: allow\n    match:\n      tool_names: [${list(n, (i) => `t${i}`)}]\n`,
  "comments": (n) => `${"# x\n".repeat(n)}\ndefault_verdict: block\n${"# y\n".repeat(n)}`,
  "blank lines": (n) => `\n${"\n".repeat(n)}default_verdict: block\n${" \n".repeat(n)}`,
  "comments behind a block header": (n) => `default_verdict: |- ${"#|".repeat(n)}\n  block\n`,
  "marks before a block header": (n) => `"${"|#".repeat(n)}": |\n  x\n`,
  "documents": (n) => `default_verdict: block\n${"---\na: 1\n".repeat(n)}`,
  "anchors and aliases": (n) =>
    `default_verdict: block\nrules:\n${list(n, (i) => `  - &a${i} {name: r${i}, effect: allow}\n`).join("")}`,
  "a long text": (n) => `default_verdict: "${"\\u0061".repeat(n)}"\n`,
  "a long number": (n) => `rules:\n  - {name: r, effect: allow, priority: 0${"7_".repeat(n)}8}\n`,
  "many keys": (n) => `default_verdict: block\n${list(n, (i) => `k${i}: 1\n`).join("")}`,
  "patterns": (n) =>
    `rules:\n  - name: r\n    effect: allow\n    endpoint:\n      enabled: true\n      path_allowlist: [${
      list(n, (i) => `"/a${i}/*"`)
    }]\n`,
};

/** Rules that the linter compares with each other. */
const rules = (n: number, rule: (i: number) => string) =>
  `default_verdict: block\nrules:\n${
    list(n, (i) => `  - {name: r${i}, priority: ${i}, ${rule(i)}}\n`).join("")
  }`;

const lint: Record<string, (n: number) => string> = {
  "rules for any tool": (n) => rules(n, (i) => `effect: block, match: {identities: [u${i}]}`),
  "rules for one tool": (n) =>
    rules(n, (i) => `effect: ${i % 2 ? "allow" : "block"}, match: {tool_names: [t], identities: [u${i}]}`),
  "rules for shared tools": (n) =>
    rules(
      n,
      (i) =>
        `effect: ${
          i % 2 ? "allow" : "block"
        }, match: {tool_names: [t, t${i}], workspace_prefixes: ["/w${i}"]}`,
    ),
  "rules with one risk class": (n) =>
    rules(
      4 * n,
      (i) =>
        `effect: ${
          i % 2 ? "allow" : "require_approval"
        }, match: {risk_classes: [high], identities: [u${i}, v]}`,
    ),
  "rules of one priority": (n) =>
    `default_verdict: block\nrules:\n${
      list(n, (i) =>
        `  - {name: r${i}, effect: ${
          i % 2 ? "allow" : "block"
        }, match: {tool_names: [t], target_values: [v${i}]}}\n`).join("")
    }`,
  "rules of one name": (n) => rules(n, () => "effect: allow").replaceAll(/name: r\d+/g, "name: r"),
  "rules with prefixes": (n) => rules(n, (i) => `effect: allow, match: {workspace_prefixes: ["/w${i}/"]}`),
  "domains that are denied": (n) =>
    `rules:\n  - name: r\n    effect: allow\n    endpoint: {enabled: true, domain_denylist: [${
      list(n, (i) => `"*.d${i}.example"`)
    }]}\n`,
};

/**
 * Rules of which each two share a value of each list: no index tells them apart. So many that the bound on compared pairs
 * holds, which alone keeps the work linear.
 */
const ALIKE: Record<string, (n: number) => string> = {
  "rules that are much alike": (n) =>
    rules(8 * n, (i) => {
      const values = list(12, (bit) => `v${bit}${i >> bit & 1}`);
      return `effect: ${i % 2 ? "allow" : "block"}, match: {risk_classes: [low], data_classes: [${values}]}`;
    }),
};

/** Lint a policy, and write what was found. */
async function lintAll(text: string): Promise<void> {
  const { findings } = await lintPolicy(text, "p.yaml", "standard");
  await encodeSarif(findings, "p.yaml", "0.0.0-test");
}

export const POLICIES: Readers = {
  ...named("policy: ", yaml, (text) => parsePolicy(text, "p.yaml")),
  ...named("policy fmt: ", yaml, (text) => formatPolicy(text, "p.yaml")),
  ...named("policy lint: ", { ...yaml, ...lint, ...ALIKE }, lintAll),
  // Rules are compared in pairs up to a budget (lib/lint/shadow.ts), which fewer of these would not use up.
  "policy lint: anchors and aliases": { size: 1000, make: yaml["anchors and aliases"]!, read: lintAll },
  "expectations": {
    make: (n) => json({ verdict: "allow", reason_codes: list(n, (i) => `c${i}`) }),
    read: (bytes) => parseExpectation(bytes, what),
  },
};
