import assert from "node:assert/strict";
import { placeOf } from "../../formats/yaml/mod.ts";
import { baseline } from "../policy/baseline.ts";
import { formatPolicy } from "../policy/format.ts";
import { parsePolicy } from "../policy/parse.ts";
import { BLOCK_EXAMPLES } from "./_test_blocks.ts";
import { RULE_EXAMPLES } from "./_test_rules.ts";
import { CATALOGUE, LINT_IDS } from "./catalogue.ts";
import { type Finding, lintPolicy } from "./lint.ts";

const EXAMPLES = [...RULE_EXAMPLES, ...BLOCK_EXAMPLES];
const lint = async (text: string, profile: "standard" | "oss-prod" = "standard") =>
  (await lintPolicy(text, "policy.yaml", profile)).findings;
const short = ({ ruleId, level, line, column }: Finding) => `${line}:${column} ${level} ${ruleId}`;

EXAMPLES.forEach(({ id, policy, level, clean }, i) => {
  Deno.test(`lintPolicy() finds ${id} where it stands (example ${i + 1}), and not without the mistake`, async () => {
    const { line, column } = placeOf(policy, policy.indexOf("@"));
    const found = await lint(policy.replace("@", ""));
    const own = found.filter(({ ruleId }) => ruleId === id);
    assert.deepEqual(own.map(short), [`${line}:${column} ${level ?? CATALOGUE[id].level} ${id}`]);
    assert.deepEqual((await lint(clean)).filter(({ ruleId }) => ruleId === id), []);
  });
});

Deno.test("lintPolicy() has an example of every kind of findings", () => {
  assert.deepEqual([...new Set(EXAMPLES.map(({ id }) => id))].sort(), [...LINT_IDS].sort());
});

Deno.test("lintPolicy() finds in the templates what is known about them", async () => {
  const found = async (name: string, profile: "standard" | "oss-prod" = "standard") =>
    (await lint(baseline(name).text, profile)).map(({ ruleId, level, ruleName }) =>
      `${level} ${ruleId}${ruleName ? ` ${ruleName}` : ""}`
    );
  assert.deepEqual(await found("low"), ["warning default-allow", "warning destructive-default"]);
  assert.deepEqual(await found("medium"), []);
  assert.deepEqual(await found("high"), [
    "note profile-refuses allow-delegated-egress-write",
    "note profile-refuses destructive-budget-guard",
    "warning destructive-action-blocks destructive-budget-guard",
    "warning partly-shadowed-rule require-approval-tool-write",
  ]);
  assert.deepEqual(await found("high", "oss-prod"), [
    "error profile-refuses allow-delegated-egress-write",
    "error profile-refuses destructive-budget-guard",
    "warning destructive-action-blocks destructive-budget-guard",
    "warning partly-shadowed-rule require-approval-tool-write",
  ]);
  assert.deepEqual(await found("low", "oss-prod"), [
    "error default-allow",
    "error destructive-default",
    "error any-risk allow-safe-tool-read",
  ]);
});

Deno.test("lintPolicy() finds an error in every default that production refuses", async () => {
  const catchAll =
    "rules: [{name: last, effect: allow, match: {risk_classes: [low]}}, {name: all, effect: block}]";
  for (const verdict of ["allow", "dry_run", "block", "require_approval"]) {
    const found = await lint(`default_verdict: ${verdict}\n${catchAll}`, "oss-prod");
    const isRefused = found.some(({ ruleId, level }) => ruleId === "default-allow" && level === "error");
    assert.equal(isRefused, verdict === "allow" || verdict === "dry_run", verdict);
  }
});

Deno.test("lintPolicy() finds every rule that lets any risk pass an error in production", async () => {
  const rule = (rest: string) => `default_verdict: block\nrules: [{name: r, ${rest}}]`;
  const errors = async (rest: string) =>
    (await lint(rule(rest), "oss-prod")).filter(({ ruleId, level }) =>
      ruleId === "any-risk" && level === "error"
    ).length;
  assert.equal(await errors("effect: allow, match: {tool_names: [x]}"), 1);
  assert.equal(await errors("effect: dry_run, match: {tool_names: [x]}"), 1);
  assert.equal(await errors("effect: allow, match: {tool_names: [x], risk_classes: [low]}"), 0);
  assert.equal(await errors("effect: require_approval, match: {tool_names: [x]}"), 0);
  assert.equal(await errors("effect: allow, match: {tool_names: [x]}, require_broker_credential: true"), 0);
});

Deno.test("lintPolicy() takes a policy in its normal form for the same policy", async () => {
  for (const name of ["low", "medium", "high"]) {
    const { text } = baseline(name);
    const { formatted } = await formatPolicy(text, "policy.yaml");
    const ids = async (text: string) => (await lint(text)).map(({ subject }) => subject).sort();
    assert.deepEqual(await ids(formatted), await ids(text));
  }
});

Deno.test("lintPolicy() gives the digest of the policy, and refuses what parsePolicy() refuses", async () => {
  const { digest } = await lintPolicy(baseline("high").text, "policy.yaml", "standard");
  assert.equal(digest, (await parsePolicy(baseline("high").text, "policy.yaml")).digest);
  await assert.rejects(lint("rules: [{name: a, efect: allow}]"), {
    code: "invalid_input",
    detail: "unknown_key",
  });
});

Deno.test("lintPolicy() tells findings apart by what they are about, not by where they stand", async () => {
  const rule = "  - {name: a, priority: 1, effect: allow, match: {target_kinds: [file]}}\n";
  const subjects = async (text: string) => (await lint(text)).map(({ subject }) => subject);
  const once = await subjects(`rules:\n${rule}`);
  assert.deepEqual(await subjects(`# moved\n\nrules:\n${rule}`), once);
  const twice = await subjects(`rules:\n${rule}${rule}`);
  assert.equal(new Set(twice).size, twice.length);
});

Deno.test("lintPolicy() finds its way through anchors, merge keys and any place of rules in the file", async () => {
  const text = [
    "rules:",
    "  - name: late",
    "    priority: 9",
    "    effect: block",
    "    match: &m",
    "      target_kinds: [pth, path]",
    "  - name: early",
    "    priority: 1",
    "    effect: block",
    "    match:",
    "      <<: *m",
    "      tool_names: ['a*']",
    "",
  ].join("\r\n");
  assert.deepEqual((await lint(text)).map((finding) => `${finding.ruleName} ${short(finding)}`), [
    "early 6:22 warning impossible-value",
    "late 6:22 warning impossible-value",
    "early 12:20 warning literal-wildcard",
  ]);
});

Deno.test("docs/policy_lint.md shows every kind of findings, with examples that have it", async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/policy_lint.md", import.meta.url));
  const sections = page.split(/^### /m).slice(1);
  assert.deepEqual(sections.map((section) => section.split("\n")[0]), LINT_IDS);
  for (const section of sections) {
    const [id] = section.split("\n");
    const example = /```yaml\n([^`]*)```/.exec(section)?.[1];
    assert.ok(example, id);
    assert.ok((await lint(example)).some(({ ruleId }) => ruleId === id), id);
  }
});
