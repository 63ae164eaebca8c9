import assert from "node:assert/strict";
import fc from "fast-check";
import { YamlError } from "../formats/yaml/mod.ts";
import { parsePolicy } from "./parse.ts";
import { readPolicyDocument } from "./read_document.ts";

const digest = async (text: string) => (await parsePolicy(text, "p")).digest;
const policy = async (text: string) => (await parsePolicy(text, "p")).policy;
const rule = (members: string) => `rules: [{name: r, effect: allow, ${members}}]`;
const firstRule = async (members: string) => (await policy(rule(members))).rules[0]!;

async function mistake(text: string): Promise<YamlError> {
  return await parsePolicy(text, "p").then(
    () => {
      throw new Error(`accepted: ${text}`);
    },
    (error) => {
      assert.ok(error instanceof YamlError, String(error));
      return error;
    },
  );
}

Deno.test("parsePolicy() refuses another artifact of Gait as such, without naming its keys", async () => {
  for (
    const intent of [
      '{"schema_id": "gait.gate.intent_request", "tool_name": "t", "args": {}}',
      '{"tool_name": "t", "args": {}, "context": {}}',
    ]
  ) {
    await assert.rejects(parsePolicy(intent, "intent.json"), (error) => {
      assert.ok(error instanceof YamlError);
      assert.deepEqual([error.others, error.detail], [[], "other_artifact"]);
      assert.match(error.hint ?? "", /order of the files/);
      return true;
    });
  }
});

Deno.test("parsePolicy() gives the digests of the specification (docs/spec/gate.md 1.6)", async () => {
  for (const empty of ["", "# x\n", "---\n", "{}", "rules:", "rules: []", "schema_id: gait.gate.policy"]) {
    assert.equal(
      await digest(empty),
      "07a528a879e4f0e0cd5a0e2ca801924746b47dac624862207ef21d4ec266f8f9",
      empty,
    );
  }
  assert.equal(
    await digest("default_verdict: block"),
    "3592f5ae672a396845ca29c14ade912f99cb1fca99cecb8edd9cfec74eae8a35",
  );
  assert.equal(
    await digest("rules: [{name: r, effect: allow}]"),
    "9a5e08972febab0a05fcd2dbedab68a98c0ad6ba736eb86ed69945d5e0b11dd4",
  );
});

/** Each pair means the same, so it has one digest. */
for (
  const [what, one, other] of [
    ["an alias of the default", "default_action: block", "default_verdict: block"],
    ["an alias of the effect", "rules: [{name: r, action: block}]", "rules: [{name: r, effect: block}]"],
    [
      "both, agreeing",
      "rules: [{name: r, action: block, effect: BLOCK}]",
      "rules: [{name: r, effect: block}]",
    ],
    ["one tool", rule("match: {tool_name: A}"), rule("match: {tool_names: [a]}")],
    [
      "one tool and more",
      rule("match: {tool_name: A, tool_names: [b, a]}"),
      rule("match: {tool_names: [a, b]}"),
    ],
    [
      "an alias of classes",
      rule("match: {endpoint_class: [fs.read]}"),
      rule("match: {endpoint_classes: [FS.READ]}"),
    ],
    ["case and blanks", rule("match: {tool_names: [' A ', a, '']}"), rule("match: {tool_names: [a]}")],
    ["a block that is off", rule("endpoint: {action: require_approval}"), rule("priority: 0")],
    ["dataflow with an action alone", rule("dataflow: {action: block}"), rule("priority: 0")],
    ["no requests", rule("rate_limit: {window: week, scope: x}"), rule("priority: 0")],
    ["nulls", rule("match: null, reason_codes: ~, priority: , endpoint: null"), rule("priority: 0")],
    ["two approvals", rule("min_approvals: 2"), rule("min_approvals: 2, require_distinct_approvers: true")],
    [
      "evidence",
      rule("require_context_evidence: true"),
      rule("require_context_evidence: true, required_context_evidence_mode: Required"),
    ],
    [
      "failing closed by default",
      "fail_closed: {enabled: true}",
      "fail_closed: {enabled: true, risk_classes: [High, critical]}",
    ],
    ["a duration", "mcp_trust: {snapshot: s, max_age: 90m}", "mcp_trust: {snapshot: s, max_age: 1h30m0s}"],
    ["a negative score", "mcp_trust: {min_score: -1}", ""],
  ] as const
) {
  Deno.test(`parsePolicy() reads the same from both forms of ${what}`, async () => {
    assert.equal(await digest(one), await digest(other));
  });
}

Deno.test("parsePolicy() fills in what the specification fills in", async () => {
  assert.deepEqual((await firstRule("rate_limit: {requests: 3}")).rateLimit, {
    requests: 3,
    window: "minute",
    scope: "tool_identity",
  });
  const { endpoint } = await firstRule("endpoint: {path_denylist: [/x]}");
  assert.deepEqual([endpoint?.action, endpoint?.reasonCode], ["block", "endpoint_constraint_violation"]);
  const { dataflow } = await firstRule("dataflow: {destination_kinds: [url]}");
  assert.deepEqual([dataflow?.taintedSources, dataflow?.action], [
    ["external", "tool_output"],
    "require_approval",
  ]);
  assert.equal((await firstRule("match: {max_delegation_depth: 0}")).match.maxDelegationDepth, 0);
  assert.equal((await firstRule("match: {max_delegation_depth: null}")).match.maxDelegationDepth, undefined);
  assert.equal((await policy("")).defaultVerdict, "require_approval");
});

for (
  const [text, line, column] of [
    ["default_verdict: maybe", 1, 18],
    ["schema_id: other", 1, 12],
    ["schema_version: 2.0.0", 1, 17],
    ["default_verdict: allow\ndefault_action: block", 2, 17],
    ["rules:\n- effect: allow", 2, 3],
    ["rules:\n- name: ' '\n  effect: allow", 2, 9],
    ["rules:\n- name: a", 2, 3],
    ["rules:\n- name: a\n  effect: allow\n  match:\n    endpoint_classes: [fs.reed]", 5, 23],
    ["rules:\n- name: a\n  effect: allow\n  match: {tool_name: [x]}", 4, 22],
    ["rules:\n- name: a\n  effect: allow\n  endpoint: {egress_classes: [fs.read]}", 4, 30],
    ["rules:\n- name: a\n  effect: allow\n  endpoint: {enabled: true, action: allow}", 4, 37],
    ["rules:\n- name: a\n  effect: allow\n  rate_limit: {requests: -1}", 4, 26],
    ["rules:\n- name: a\n  effect: allow\n  rate_limit: {requests: 1, window: day}", 4, 37],
    ["rules:\n- name: a\n  effect: allow\n  destructive_budget: {window: hour}", 4, 23],
    ["rules:\n- name: a\n  effect: allow\n  required_context_evidence_mode: best_effort", 4, 35],
    ["rules:\n- name: a\n  effect: allow\n  match: {discovery_method: [static-mcp]}", 4, 30],
    ["fail_closed: {required_fields: [target]}", 1, 33],
    ["mcp_trust: {enabled: true}", 1, 13],
    ["mcp_trust: {snapshot: s, max_age: 5}", 1, 35],
    ["mcp_trust: {snapshot: s, max_age: -5m}", 1, 35],
    ["mcp_trust: {snapshot: s, min_score: 1.5}", 1, 37],
  ] as const
) {
  Deno.test(`parsePolicy() refuses ${JSON.stringify(text.slice(-50))} and names its place`, async () => {
    const error = await mistake(text);
    assert.equal(error.code, "invalid_input");
    assert.equal(error.place.line, line, error.message);
    assert.ok(
      Math.abs(error.place.column - column) <= 16,
      `column ${error.place.column}, wanted about ${column}`,
    );
  });
}

Deno.test("parsePolicy() refuses priorities that a double can't distinguish", async () => {
  const two = (a: string, b: string) =>
    `rules: [{name: a, effect: allow, priority: ${a}}, {name: b, effect: block, priority: ${b}}]`;
  await mistake(two("9007199254740992", "9007199254740993"));
  assert.equal((await policy(two("9007199254740990", "9007199254740991"))).rules.length, 2);
});

Deno.test("parsePolicy() suggests the key that was meant", async () => {
  assert.match((await mistake("default_verdit: block")).hint!, /default_verdict/);
  assert.match((await mistake(rule("reson_codes: [x]"))).hint!, /reason_codes/);
});

Deno.test("readPolicyDocument() sorts rules by priority and name bytes, stably", async () => {
  const rules = fc.array(
    fc.record({
      name: fc.constantFrom("a", "b", "ä", "\u{1f600}", "\uffee", "B"),
      priority: fc.integer({ min: -2, max: 2 }),
    }),
    { maxLength: 8 },
  );
  await fc.assert(fc.asyncProperty(rules, async (given) => {
    const text = `rules: [${
      given.map(({ name, priority }, i) =>
        `{name: ${JSON.stringify(name)}, priority: ${priority}, effect: allow, broker_reference: "${i}"}`
      )
    }]`;
    const sorted = (await readPolicyDocument(text, "p")).document.rules;
    const bytes = (name: string) => [...new TextEncoder().encode(name)];
    const before = (a: typeof sorted[number], b: typeof sorted[number]) => {
      if (a.priority !== b.priority) return a.priority < b.priority;
      const [left, right] = [bytes(a.name), bytes(b.name)];
      const at = left.findIndex((byte, i) => byte !== right[i]);
      if (at >= 0 || left.length !== right.length) return at >= 0 && (left[at]! < (right[at] ?? -1));
      return Number(a.broker_reference) < Number(b.broker_reference);
    };
    for (let i = 1; i < sorted.length; i++) assert.ok(before(sorted[i - 1]!, sorted[i]!), text);
    assert.equal(sorted.length, given.length);
  }));
});

/** Places of all mistakes of a policy, as `line:column`. */
async function placesOf(text: string): Promise<string[]> {
  const error = await parsePolicy(text, "p.yaml").then(() => assert.fail("it was read"), (error) => error);
  assert.ok(error instanceof YamlError);
  return [error, ...error.others].map((one) => {
    assert.ok(one instanceof YamlError && one.code === "invalid_input");
    return `${one.place.line}:${one.place.column}`;
  });
}

const MANY = `default_verdict: alow
fail_closd: {}
rules:
  - effect: allow
    match: {tool_nams: [a], risk_classes: low}
  - name: b
    effect: nope
    min_approvals: -1
    rate_limit: {requests: 3, window: day}
  - just a text
  - priority: 1
mcp_trust: {enabled: yes please, min_score: 7}
`;

Deno.test("parsePolicy() reports all mistakes of a policy together, in the order of the file, each of them once", async () => {
  assert.deepEqual(await placesOf(MANY), [
    "1:18", // default_verdict
    "2:1", // fail_closd
    "4:5", // no name
    "5:13", // tool_nams
    "5:43", // risk_classes
    "7:13", // effect
    "8:20", // min_approvals
    "9:39", // window
    "10:5", // a text where a rule should be
    "11:5", // no name
    "11:5", // no effect
    "12:12", // no snapshot
    "12:22", // enabled
    "12:45", // min_score
  ]);
});

for (
  const [what, text, places] of [
    // Another name that holds a wrong word must not look like a missing or a wrong key beside it.
    ["a wrong word under another name", "default_action: alow", ["1:17"]],
    ["a wrong word under another name of a required key", "rules:\n- {name: a, action: alow}", ["2:21"]],
    [
      "a budget without a number, and its wrong window",
      "rules:\n- {name: a, effect: allow, destructive_budget: {window: day}}",
      ["2:48", "2:57"],
    ],
    ["a rule that is null", "rules: [null]", ["1:9", "1:9"]],
  ] as const
) {
  Deno.test(`parsePolicy() reports ${what} where it stands`, async () => {
    assert.deepEqual(await placesOf(text), places);
  });
}

Deno.test("parsePolicy() reports a bounded number of mistakes, and accepts no policy with one", async () => {
  const places = await placesOf(`rules:\n${"  - {}\n".repeat(10_000)}`);
  assert.ok(places.length >= 20 && places.length <= 100);
  for (const line of MANY.split("\n").filter((line) => /^\w+: ./.test(line))) {
    assert.ok((await placesOf(line)).length >= 1, line);
  }
});
