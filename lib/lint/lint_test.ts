import assert from "node:assert/strict";
import { placeOf } from "../formats/yaml/mod.ts";
import { baseline } from "../policy/baseline.ts";
import { formatPolicy } from "../policy/format.ts";
import { parsePolicy } from "../policy/parse.ts";
import { BLOCK_EXAMPLES } from "./_test_blocks.ts";
import { RULE_EXAMPLES } from "./_test_rules.ts";
import { CATALOGUE, LINT_IDS } from "./catalogue.ts";
import type { Finding } from "./subject.ts";
import { lintPolicy } from "./lint.ts";

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
  const short = LINT_IDS.filter((id) => id !== "rules-not-compared"); // it takes hundreds of rules
  assert.deepEqual([...new Set(EXAMPLES.map(({ id }) => id))].sort(), [...short].sort());
});

Deno.test("lintPolicy() finds in the templates what is known about them", async () => {
  const found = async (name: string, profile: "standard" | "oss-prod" = "standard") =>
    (await lint(baseline(name).text, profile)).map(({ ruleId, level, ruleName }) =>
      `${level} ${ruleId}${ruleName ? ` ${ruleName}` : ""}`
    );
  assert.deepEqual(await found("low"), []);
  assert.deepEqual(await found("medium"), []);
  assert.deepEqual(await found("high"), [
    "note profile-refuses allow-delegated-egress-write",
    "note profile-refuses destructive-budget-guard",
  ]);
  assert.deepEqual(await found("high", "oss-prod"), [
    "error profile-refuses allow-delegated-egress-write",
    "error profile-refuses destructive-budget-guard",
  ]);
  // What is set aside for a harmless agent is not set aside for production.
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

Deno.test("lintPolicy() sets aside what a comment names, on its line or the one below, with a reason", async () => {
  const ids = async (text: string) => (await lint(text)).map(({ ruleId }) => ruleId);
  const rule = "rules: [{name: a, effect: block, match: {endpoint_classes: [fs.delete, proc.exec]}}]\n";
  assert.deepEqual(await ids(`default_verdict: allow\n${rule}`), ["default-allow"]);
  assert.deepEqual(
    await ids(`default_verdict: allow # gait-lint-ignore default-allow: a sandbox\n${rule}`),
    [],
  );
  assert.deepEqual(
    await ids(`# gait-lint-ignore default-allow: a sandbox\ndefault_verdict: allow\n${rule}`),
    [],
  );
  assert.deepEqual(
    await ids(`# gait-lint-ignore default-allow: a sandbox\n# more\ndefault_verdict: allow\n${rule}`),
    [],
  );
  const report = await lintPolicy(
    `# gait-lint-ignore default-allow: a sandbox\ndefault_verdict: allow\n${rule}`,
    "p",
    "standard",
  );
  assert.deepEqual(report.ignored.map(({ finding, reason }) => [finding.ruleId, reason]), [
    ["default-allow", "a sandbox"],
  ]);
});

Deno.test("lintPolicy() ignores a comment that is malformed or too far away", async () => {
  const ids = async (comment: string) =>
    (await lint(
      `${comment}default_verdict: allow\nrules: [{name: a, effect: block, match: {endpoint_classes: [fs.delete, proc.exec]}}]\n`,
    ))
      .map(({ ruleId }) => ruleId).sort();
  const cases: [string, string[]][] = [
    ["# gait-lint-ignore default-allow\n", ["bad-ignore", "default-allow"]],
    ["# gait-lint-ignore default-allow:  \n", ["bad-ignore", "default-allow"]],
    ["# gait-lint-ignore default-alow: why\n", ["bad-ignore", "default-allow"]],
    ["# gait-lint-ignore\n", ["bad-ignore", "default-allow"]],
    ["# gait-lint-ignore *: why\n", ["bad-ignore", "default-allow"]],
    ["# gait-lint-ignore never-matches: why\n", ["default-allow", "unused-ignore"]],
    ["# gait-lint-ignore unused-ignore: why\n", ["bad-ignore", "default-allow"]],
    ["# gait-lint-ignore default-allow: why\n\n", ["default-allow", "unused-ignore"]],
    ["# gait-lint-ignored default-allow: why\n", ["default-allow"]],
    ["schema_id: gait.gate.policy # gait-lint-ignore default-allow: why\n", [
      "default-allow",
      "unused-ignore",
    ]],
  ];
  for (const [comment, expected] of cases) assert.deepEqual(await ids(comment), expected, comment);
  const text =
    "default_verdict: allow\nrules:\n  - name: '# gait-lint-ignore default-allow: why'\n    effect: block\n    match: {endpoint_classes: [fs.delete, proc.exec]}\n";
  assert.deepEqual((await lint(text)).map(({ ruleId }) => ruleId), ["default-allow"]);
});

Deno.test("lintPolicy() finds rate limits of several rules that share a counter, and only those", async () => {
  const limit = (name: string, scope: string, window = "hour", tools = "") =>
    `  - {name: ${name}, effect: block, rate_limit: {requests: 3, window: ${window}, scope: ${scope}}` +
    (tools === "" ? "}\n" : `, match: {tool_names: [${tools}]}}\n`);
  const shared = async (...rules: string[]) =>
    (await lint(`default_verdict: block\nrules:\n${rules.join("")}`))
      .filter(({ ruleId }) => ruleId === "shared-counter").map(({ ruleName }) => ruleName);
  assert.deepEqual(await shared(limit("a", "identity", "hour", "x"), limit("b", "identity", "hour", "y")), [
    "b",
  ]);
  assert.deepEqual(await shared(limit("a", "tool", "hour", "x"), limit("b", "tool", "hour", "x, y")), ["b"]);
  assert.deepEqual(await shared(limit("a", "tool_identity"), limit("b", "tool_identity", "hour", "y")), [
    "b",
  ]);
  assert.deepEqual(await shared(limit("a", "tool", "hour", "x"), limit("b", "tool", "hour", "y")), []);
  assert.deepEqual(await shared(limit("a", "identity", "minute"), limit("b", "identity")), []);
  assert.deepEqual(await shared(limit("a", "identity"), limit("b", "tool_identity")), []);
});

Deno.test("lintPolicy() gives the digest of the policy, and refuses what parsePolicy() refuses", async () => {
  const { digest } = await lintPolicy(baseline("high").text, "policy.yaml", "standard");
  assert.equal(digest, (await parsePolicy(baseline("high").text, "policy.yaml")).digest);
  await assert.rejects(lint("rules: [{name: a, efect: allow}]"), {
    code: "invalid_input",
    detail: "unknown_key",
  });
});

Deno.test("lintPolicy() distinguishes findings by what they are about, not by where they stand", async () => {
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
  const page = await Deno.readTextFile(new URL("../../docs/policy_lint.md", import.meta.url));
  const sections = page.split(/^### /m).slice(1);
  assert.deepEqual(sections.map((section) => section.split("\n")[0]), LINT_IDS);
  for (const section of sections) {
    const [id] = section.split("\n");
    const example = /```yaml\n([^`]*)```/.exec(section)?.[1];
    assert.ok(example, id);
    // This one takes hundreds of rules.
    const text = id === "rules-not-compared" ? example + muchAlike(2000) : example;
    assert.ok((await lint(text)).some(({ ruleId }) => ruleId === id), id);
  }
});

/** Rules of which each two share a value of each list. */
function muchAlike(n: number): string {
  const values = (i: number) => Array.from({ length: 12 }, (_, bit) => `v${bit}${i >> bit & 1}`).join(", ");
  return Array.from({ length: n }, (_, i) =>
    `  - { name: r${i}, priority: ${9 + i}, effect: allow, ` +
    `match: { risk_classes: [low], data_classes: [a, ${values(i)}] } }\n`).join("");
}

Deno.test("lintPolicy() compares all rules that can be distinguished, however many, and says when it does not", async () => {
  const ids = async (text: string) => new Set((await lint(text)).map(({ ruleId }) => ruleId));
  const apart = Array.from(
    { length: 2000 },
    (_, i) =>
      `  - { name: r${i}, priority: ${i}, effect: block, match: { tool_names: [t], identities: [u${
        i >> 1
      }] } }\n`,
  );
  const found = await lint(`rules:\n${apart.join("")}`);
  assert.equal(found.filter(({ ruleId }) => ruleId === "shadowed-rule").length, 1000);
  assert.ok(!(await ids(`rules:\n${muchAlike(1000)}`)).has("rules-not-compared"));
  assert.ok((await ids(`rules:\n${muchAlike(2000)}`)).has("rules-not-compared"));
});
