/** Hostile and careless policies (docs/threat_model.md 12 to 16): a policy that can't be read allows nothing. */
import assert from "node:assert/strict";
import { compile } from "../../lib/evaluate/compile.ts";
import { evaluateCompiled } from "../../lib/evaluate/evaluate.ts";
import { parsePolicy } from "../../lib/policy/parse.ts";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";
import { anEndpointRule, anIntent, aPolicy, aRule, aTarget } from "../support/gate.ts";

const INTENT = JSON.stringify({
  tool_name: "t",
  context: { identity: "i", workspace: "/w", risk_class: "low" },
});
const EVAL = argv`gate eval --policy policy.yaml --intent intent.json --trace-out out/t.json`;

const bomb = (open: string, close: string, name: (i: number) => string) =>
  Array.from(
    { length: 12 },
    (_, i) =>
      `l${i}: &l${i} ${open}${
        Array.from({ length: 10 }, (_, j) => name(j) + (i ? `*l${i - 1}` : "x")).join(", ")
      }${close}`,
  ).join("\n");
const rule = (members: string) => `rules:\n- {name: a, effect: allow, ${members}}\n`;
const allow = "default_verdict: allow\n";

/** Each would allow everything if the mistake were passed over. */
const BAD_POLICIES: readonly (readonly [item: number, what: string, policy: string | Uint8Array])[] = [
  [12, "20000 brackets", allow + "rules: " + "[".repeat(20_000)],
  [
    12,
    "300 levels",
    allow + "rules:\n" + Array.from({ length: 300 }, (_, i) => " ".repeat(i) + "-").join("\n"),
  ],
  [13, "an alias bomb of lists", bomb("[", "]", () => "") + "\n" + allow],
  [13, "an alias bomb of mappings", bomb("{", "}", (i) => `k${i}: `) + "\n" + allow],
  [13, "an alias inside of itself", allow + "rules: &r [*r]\n"],
  [13, "an unknown alias", allow + "rules: *r\n"],
  [13, "a key twice", allow + "default_verdict: block\n"],
  [13, "a key twice, once quoted", allow + '"default_verdict": block\n'],
  [13, "a merged key again", "rules:\n- &a {name: a, effect: block}\n- {<<: *a, effect: allow}\n"],
  [13, "a merge key twice", "rules:\n- &a {name: a}\n- {effect: allow, <<: *a, <<: *a}\n"],
  [13, "__proto__", allow + "__proto__: {fail_closed: {enabled: false}}\n"],
  [13, "__proto__ in a rule", rule("__proto__: {effect: block}")],
  [13, "constructor", allow + "constructor: {prototype: {effect: allow}}\n"],
  [13, "a foreign tag", allow + "rules: !!python/object/apply:os.system [x]\n"],
  [13, "a redefined tag", "%TAG !! tag:evil,2000:\n---\n" + allow],
  [13, "a mistake in a later document", allow + "---\n{\n"],
  [13, "a second root", "{}\n{}\n" + allow],
  [14, "yes", rule("match: {require_delegation: yes}")],
  [14, "a quoted true", allow + 'fail_closed: {enabled: "true"}\n'],
  [14, "1 for true", allow + "fail_closed: {enabled: 1}\n"],
  [14, "a text where a list is wanted", rule("match: {tool_names: t}")],
  [14, "a list where a text is wanted", "rules:\n- {name: [a], effect: allow}\n"],
  [14, "a mapping where a list is wanted", allow + "rules: {name: a}\n"],
  [14, "a text for a priority", rule("priority: first")],
  [14, "a huge priority", rule("priority: 99999999999999999999")],
  [14, "a negative number of approvals", rule("min_approvals: -1")],
  [14, "a verdict that is none", "default_verdict: alow\n"],
  [14, "effect and action that differ", "rules:\n- {name: a, effect: allow, action: block}\n"],
  [14, "a misspelt key", allow + "fail_close: {enabled: true}\n"],
  [14, "a misspelt key of a rule", rule("rate_limits: {requests: 1}")],
  [14, "a misspelt key of match", rule("match: {tool_name: t, identitys: [x]}")],
  [14, "a key in other case", allow + "Fail_Closed: {enabled: true}\n"],
  [14, "a key with a look-alike", allow + "fail_сlosed: {enabled: true}\n"],
  [14, "an old key", allow + "version: 1\n"],
  [14, "a list as root", "- allow\n"],
  [14, "a text as root", "allow\n"],
  [14, "null as root", "null\n"],
  [10, "a byte order mark", "\ufeff" + allow],
  [10, "bytes that are no UTF-8", new Uint8Array([0x61, 0x3a, 0xff])],
  [10, "UTF-16", new Uint8Array([...allow].flatMap((char) => [char.charCodeAt(0), 0]))],
  [10, "a NUL", allow + "#\u0000\n"],
];

for (const [item, what, policy] of BAD_POLICIES) {
  Deno.test(`item ${item}: a policy with ${what} allows nothing`, () =>
    onStage(async ({ gait, write, files }) => {
      await write("policy.yaml", policy);
      await write("intent.json", INTENT);
      for (const args of [EVAL, [...EVAL, "--simulate"], ["policy", "test", "policy.yaml", "intent.json"]]) {
        const { code, stdout, json } = await gait`${args} --json`;
        assert.deepEqual([code, json.ok, json.error_code], [6, false, "invalid_input"], stdout);
        assert.equal(json.verdict, undefined);
      }
      assert.deepEqual(await files(), ["intent.json", "policy.yaml"]);
    }));
}

for (
  const [what, policy] of [["empty", ""], ["of comments", "# allow\n"], ["of zero rules", "rules: []\n"], [
    "{}",
    "{}",
  ], ["null rules", "rules:\n"]] as const
) {
  Deno.test(`item 15: a policy that is ${what} asks for approval of everything`, () =>
    onStage(async ({ gait, write }) => {
      await write("policy.yaml", policy);
      await write("intent.json", INTENT);
      const { code, json } = await gait`${EVAL} --json`;
      assert.deepEqual([code, json.verdict, json.matched_rule], [4, "require_approval", undefined]);
    }));
}

Deno.test("item 15: without a policy nothing is allowed", () =>
  onStage(async ({ gait, write }) => {
    await write("intent.json", INTENT);
    for (const policy of ["", "missing.yaml", "."]) {
      const { code, json } = await gait`gate eval --policy ${policy} --intent intent.json --json`;
      assert.deepEqual([code, json.ok], [6, false], policy);
    }
  }));

Deno.test("item 15: production refuses to run with a key that nobody can verify, and with rules that let high risk pass", () =>
  onStage(async ({ gait, write }) => {
    await write("intent.json", INTENT);
    await write("policy.yaml", "rules:\n- {name: a, effect: allow, match: {risk_classes: [high]}}\n");
    await gait`keys init --out-dir k`;
    const key = argv`--key-mode prod --private-key k/gait_private.key`;
    for (const flags of [[], ["--key-mode", "dev"], ["--simulate", ...key], key]) {
      const { code, json } = await gait`${EVAL} --profile oss-prod ${flags} --json`;
      assert.deepEqual([code, json.ok], [6, false], flags.join(" "));
    }
  }));

/** How long a step takes at most, by an order of magnitude more than it does; an exponential matcher takes years. */
const SOON = 5_000;

Deno.test("item 16: patterns take time by their length, whatever they are matched with", () => {
  const paths = [
    "/" + "*a".repeat(2_000) + "b",
    "/" + "**/".repeat(2_000) + "b",
    "/" + "a*".repeat(5_000) + "[!",
    "/" + "[a-z]*".repeat(1_000) + "1",
    "/" + "?*".repeat(3_000) + "b",
    "[".repeat(10_000),
    "\\".repeat(9_999),
  ];
  const rules = [aRule({
    endpoint: anEndpointRule({ pathAllowlist: paths, domainAllowlist: paths.map((path) => path.slice(1)) }),
  })];
  const value = "a".repeat(20_000);
  const targets = [aTarget({ value: "/" + value }), aTarget({ kind: "host", value, endpointDomain: value })];
  const started = performance.now();
  const { verdict } = evaluateCompiled(compile(aPolicy(rules)), anIntent({ targets }));
  assert.equal(verdict, "block");
  assert.ok(performance.now() - started < SOON);
});

Deno.test("item 16: texts of many millions of characters are read in time by their length", async () => {
  const long = "x".repeat(3_000_000);
  const started = performance.now();
  for (
    const policy of [
      `"${long}": 1`,
      `default_verdict: ${long}`,
      `# ${long}\nrules: [${long}]`,
      "1_".repeat(1_000_000),
    ]
  ) {
    await assert.rejects(parsePolicy(policy, "p"), { code: "invalid_input" });
  }
  assert.ok(performance.now() - started < SOON);
});
