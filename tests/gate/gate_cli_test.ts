import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";

const POLICY = `default_verdict: block
rules:
  - {name: read, effect: allow, match: {tool_names: [tool.read]}}
  - {name: write, effect: require_approval, match: {tool_names: [tool.write]}}
`;
const intent = (tool: string) =>
  JSON.stringify({
    tool_name: tool,
    args: {},
    context: { identity: "a", workspace: "/w", risk_class: "low" },
  });

for (
  const [tool, exit, verdict] of [
    ["tool.read", 0, "allow"],
    ["tool.write", 4, "require_approval"],
    ["tool.rm", 3, "block"],
  ] as const
) {
  Deno.test(`gate eval says ${verdict} with exit ${exit}, and its trace verifies with the key that signed it`, () =>
    onStage(async ({ gait, write, read }) => {
      await write("policy.yaml", POLICY);
      await write("intent.json", intent(tool));
      await gait`keys init --out-dir k`;
      const eval_ = argv`gate eval --policy policy.yaml --intent intent.json --trace-out t.json`;
      const { code, json } = await gait`${eval_} --key-mode prod --private-key k/gait_private.key
        --json`;
      assert.deepEqual([code, json.ok, json.verdict], [exit, true, verdict]);
      const checked = await gait`trace verify t.json --public-key k/gait_public.key --json`;
      assert.deepEqual([checked.code, checked.json.verdict], [0, verdict]);
      await write(
        "t.json",
        (await read("t.json")).replace(`"verdict": "${verdict}"`, '"verdict": "dry_run"'),
      );
      assert.equal((await gait`trace verify t.json --public-key k/gait_public.key`).code, 2);
    }));
}

for (
  const [what, policy, call] of [
    ["a policy that doesn't read", "rules: [", intent("tool.read")],
    ["an unknown key in the policy", "defualt_verdict: allow\n", intent("tool.read")],
    ["an intent that doesn't read", POLICY, "{"],
    [
      "a key that occurs twice in the intent",
      POLICY,
      intent("tool.rm").replace("{", '{"tool_name":"tool.read",'),
    ],
  ] as const
) {
  Deno.test(`gate eval never allows on ${what}`, () =>
    onStage(async ({ gait, write, files }) => {
      await write("policy.yaml", policy);
      await write("intent.json", call);
      const { code, json } = await gait`gate eval --policy policy.yaml --intent intent.json
        --json`;
      assert.deepEqual([code, json.ok, json.verdict], [6, false, undefined]);
      assert.deepEqual(await files(), ["intent.json", "policy.yaml"]);
    }));
}

Deno.test("policy init, validate and fmt --write agree on the digest, and fmt is stable after one pass", () =>
  onStage(async ({ gait, path }) => {
    for (const template of ["low", "medium", "high"]) {
      const file = `${template}.yaml`;
      assert.equal((await gait`policy init ${template} --out ${file}`).code, 0);
      const before = (await gait`policy validate ${file} --json`).json.policy_digest;
      await Deno.chmod(path(file), 0o640);
      assert.equal((await gait`policy fmt ${file} --write`).code, 0);
      assert.equal((await Deno.stat(path(file))).mode! & 0o777, 0o640);
      assert.equal((await gait`policy validate ${file} --json`).json.policy_digest, before);
      assert.equal((await gait`policy fmt ${file} --write --json`).json.changed, undefined);
    }
  }));

for (
  const [what, out] of Object.entries({
    "the policy": ["--trace-out", "policy.yaml"],
    "the policy, spelled otherwise": ["--trace-out", "x/../policy.yaml"],
    "the policy, through a link": ["--approval-audit-out", "link.yaml"],
    "the intent": ["--trace-out", "./intent.json"],
    "the signing key": ["--trace-out", "k/gait_private.key"],
    "the key of an approver": argv`--trace-out people/dana.key --approver-keys people`,
    "the defaults of the project": ["--trace-out", ".gait/config.yaml"],
    "the counters at their usual place": ["--trace-out", ".gait-out/gate_rate_limits.json"],
    "each other": argv`--trace-out t.json --approval-audit-out t.json`,
  })
) {
  Deno.test(`gate eval writes no record over ${what}`, () =>
    onStage(async ({ gait, write, read, files, path }) => {
      await gait`keys init --out-dir k`;
      await write("policy.yaml", POLICY);
      await write("intent.json", intent("tool.write"));
      await Deno.symlink(path("policy.yaml"), path("link.yaml"));
      await write("people/dana.key", await read("k/gait_public.key"));
      await write(".gait/config.yaml", "gate: {profile: standard}\n");
      await write(".gait-out/gate_rate_limits.json", '{"counters": []}');
      const contents = async () =>
        Object.fromEntries(await Promise.all((await files()).map(async (name) => [name, await read(name)])));
      const before = await contents();
      const { code, json } = await gait`gate eval --policy policy.yaml --intent intent.json
        --json ${out} --key-mode prod --private-key k/gait_private.key`;
      assert.deepEqual([code, json.ok, json.verdict], [6, false, undefined]);
      assert.deepEqual(await contents(), before);
    }));
}

Deno.test("policy test writes no JUnit over the policy or a fixture", () =>
  onStage(async ({ gait, write, read }) => {
    const inputs = {
      "policy.yaml": POLICY,
      "f/a.intent.json": intent("tool.read"),
      "f/a.expect.json": '{"verdict": "allow"}',
    };
    for (const [name, content] of Object.entries(inputs)) await write(name, content);
    for (const [name, content] of Object.entries(inputs)) {
      const { code, json } = await gait`policy test policy.yaml --fixtures f --junit ./${name}
        --json`;
      assert.deepEqual([code, json.ok], [6, false], name);
      assert.equal(await read(name), content);
    }
  }));

/** The call of a tool, with members that say otherwise. */
const odd = (members: object, context: object = {}) =>
  JSON.stringify({
    ...JSON.parse(intent("tool.read")),
    ...members,
    context: { ...JSON.parse(intent("x")).context, ...context },
  });

Deno.test("gate eval, policy test and gate stream name unknown members and risk classes, and refuse them at high stakes", () =>
  onStage(async ({ gait, gaitWith, write }) => {
    await write("policy.yaml", POLICY);
    const mistyped = odd({ target: [] }, { risk_class: "medum" });
    await write("intent.json", odd({ target: [] }));
    await write("risk.json", odd({}, { risk_class: "medum" }));
    await write("high.json", mistyped);
    const evaluated = async (file: string) =>
      await gait`gate eval --policy policy.yaml --intent ${file} --trace-out t.json --json`;
    const tested = async (file: string) => await gait`policy test policy.yaml ${file} --json`;
    for (const ask of [evaluated, tested]) {
      for (const [file, word] of [["intent.json", '"target"'], ["risk.json", '"medum"']] as const) {
        const { code, json } = await ask(file);
        assert.equal(code, 0);
        assert((json.warnings as string[]).some((warning) => warning.includes(word)), file);
      }
      const refused = await ask("high.json");
      assert.deepEqual([refused.code, refused.json.ok, refused.json.verdict], [6, false, undefined]);
    }
    const text = await gait`policy test policy.yaml intent.json`;
    assert(text.stdout.includes('"target"') && text.stdout.includes('"targets"'));
    const { stdout } = await gaitWith(
      { stdin: [odd({ target: [] }), mistyped, odd({ args: { n: 2 ** 53 } }), ""].join("\n") },
      ...argv`gate stream --policy policy.yaml --no-trace`,
    );
    const answers = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(answers.map(({ verdict, exit_code }) => [verdict, exit_code]), [["allow", 0], [
      "block",
      6,
    ], [
      "block",
      6,
    ]]);
    assert(answers[0].warnings[0].includes('"target"'));
  }));

for (
  const number of ["9007199254740993", "9007199254740992", "-0", "0.1000000000000000000000000000001", "1e400"]
) {
  Deno.test(`gate eval refuses ${number} in arguments, because another call has the same digest`, () =>
    onStage(async ({ gait, write, path }) => {
      await write("policy.yaml", POLICY);
      await write(
        "intent.json",
        intent("tool.write").replace('"args":{}', `"args":{"to":[{"account":${number}}]}`),
      );
      const { code, json } = await gait`gate eval --policy policy.yaml --intent intent.json
        --trace-out t.json --json`;
      assert.deepEqual([code, json.ok, json.error_code, await Deno.stat(path("t.json")).catch(() => false)], [
        6,
        false,
        "invalid_input",
        false,
      ]);
      if (number !== "1e400") assert((json.error as string).includes('"args.to[0].account"'));
    }));
}

Deno.test("an approval for a script alone is not enough for what its steps destroy, whatever the script says of itself", () =>
  onStage(async ({ gait, write }) => {
    await write("policy.yaml", "default_verdict: require_approval\n");
    const steps = [{
      tool_name: "fs.delete",
      targets: [{ kind: "path", value: "/etc", operation: "delete" }],
    }];
    const targets = [{ kind: "path", value: "/srv/x", operation: "read" }];
    await write("intent.json", odd({ tool_name: "", script: { steps }, targets }));
    const { code, json } = await gait`gate eval --policy policy.yaml --intent intent.json
      --trace-out t.json --json`;
    assert.deepEqual([code, json.required_approval_scope], [4, [
      "tool:script",
      "phase:apply",
      "destructive:apply",
    ]]);
  }));

Deno.test("policy test writes a JUnit report with no attribute that the schema of Jenkins does not know", () =>
  onStage(async ({ gait, write, read }) => {
    await write("policy.yaml", POLICY);
    await write("f/a.intent.json", intent("tool.read"));
    await write("f/a.expect.json", '{"verdict": "block"}');
    await gait`policy test policy.yaml --fixtures f --junit junit.xml`;
    const report = await read("junit.xml");
    // junit-10.xsd of the xunit plugin, as far as this report uses it.
    const known: Record<string, string[]> = {
      testsuites: ["name", "time", "tests", "failures", "disabled", "errors"],
      testsuite: [
        "name",
        "tests",
        "failures",
        "errors",
        "time",
        "disabled",
        "skipped",
        "timestamp",
        "hostname",
        "id",
      ],
      testcase: ["name", "assertions", "time", "classname", "status"],
      failure: ["type", "message"],
    };
    const elements = [...report.matchAll(/<(\w+) ([^>]*)>/g)];
    assert.deepEqual([...new Set(elements.map(([, name]) => name))], Object.keys(known));
    for (const [, name, attributes] of elements) {
      for (const [, attribute] of attributes!.matchAll(/(\w+)="/g)) {
        assert(known[name!]!.includes(attribute!), `${name} ${attribute}`);
      }
    }
  }));

Deno.test("an error about a gate names the flag that was given, once or line by line", () =>
  onStage(async ({ gait, gaitWith, write }) => {
    await write("policy.yaml", POLICY);
    await write("intent.json", intent("tool.read"));
    const evaluate = argv`gate eval --policy policy.yaml --intent intent.json`;
    for (
      const [given, named] of [
        [argv`--key-mode prod`, "--private-key"],
        [argv`--approval-public-key a --approval-public-key-env A`, "--approval-public-key-env"],
        [argv`--approval-private-key a --approval-private-key-env A`, "--approval-private-key-env"],
        [argv`--delegation-public-key a --delegation-public-key-env A`, "--delegation-public-key-env"],
        [argv`--credential-broker command`, "--credential-command"],
        [argv`--profile oss-prod`, "--key-mode"],
      ] as const
    ) {
      const { code, json } = await gait`${evaluate} ${given} --json`;
      assert.equal(code, 6);
      assert.ok(`${json.error} ${json.hint}`.includes(named), `${json.error} ${json.hint}`);
    }
    await gait`keys init --out-dir k`;
    await write("asks.yaml", "default_verdict: require_approval\n");
    const prod = argv`--profile oss-prod --key-mode prod --private-key k/gait_private.key`;
    const stream = argv`gate stream --policy asks.yaml ${prod}`;
    const { code, stdout } = await gaitWith({ stdin: intent("tool.read") + "\n" }, ...stream);
    assert.equal(code, 0);
    assert.ok(stdout.includes("--approval-public-key"), stdout);
  }));
