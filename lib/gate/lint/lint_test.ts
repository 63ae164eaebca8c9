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
  const short = LINT_IDS.filter((id) => id !== "rules-not-compared"); // it takes hundreds of rules
  assert.deepEqual([...new Set(EXAMPLES.map(({ id }) => id))].sort(), [...short].sort());
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
  assert.deepEqual(await found("low", "oss-prod"), ["error default-allow", "error destructive-default"]);
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
    // This one takes hundreds of rules.
    const text = id === "rules-not-compared" ? example + muchAlike(1500) : example;
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

Deno.test("lintPolicy() compares all rules that can be told apart, however many, and says when it does not", async () => {
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
  assert.ok(!(await ids(`rules:\n${muchAlike(500)}`)).has("rules-not-compared"));
  assert.ok((await ids(`rules:\n${muchAlike(2000)}`)).has("rules-not-compared"));
});
