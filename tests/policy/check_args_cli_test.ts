/** `check_args` of an `endpoint` block, through the executable. */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const policy = (more: string) =>
  `default_verdict: block
rules:
  - name: docs
    effect: allow
    match: {tool_names: [file.read]}
    endpoint: {path_allowlist: [/srv/docs/**]${more}}
`;
const intent = (path: string) =>
  JSON.stringify({
    tool_name: "file.read",
    args: { path },
    targets: [{ kind: "path", value: "/srv/docs/a.md", operation: "read" }],
    context: { identity: "agent", workspace: "/srv/docs", risk_class: "low" },
  });

Deno.test("a target in order hides no other place in the arguments where the policy looks at them", () =>
  onStage(async ({ gait, write }) => {
    await write("targets.yaml", policy(""));
    await write("both.yaml", policy(", check_args: true"));
    await write("good.json", intent("/srv/docs/b.md"));
    await write("disguised.json", intent("/srv/docs/../../etc/passwd"));
    const decide = (policy: string, call: string) =>
      gait("gate", "eval", "--policy", policy, "--intent", call, "--json", "--explain-decision");
    assert.equal((await decide("targets.yaml", "disguised.json")).json.verdict, "allow");
    assert.equal((await decide("both.yaml", "good.json")).json.verdict, "allow");
    const { code, json } = await decide("both.yaml", "disguised.json");
    assert.equal(code, 3);
    assert.ok(json.reason_codes.includes("endpoint_path_not_allowlisted"));
    const [raised] = json.explanation.calls[0].matched_rules[0].raised_by;
    assert.deepEqual(raised.targets.map(({ kind, value }: Record<string, string>) => [kind, value]), [
      ["argument", "/srv/docs/../../etc/passwd"],
    ]);
    // Policies without the key keep their digest; the key changes it.
    const digest = async (file: string) =>
      (await gait("policy", "validate", file, "--json")).json.policy_digest;
    assert.notEqual(await digest("targets.yaml"), await digest("both.yaml"));
    await write("off.yaml", policy(", check_args: false"));
    assert.equal(await digest("targets.yaml"), await digest("off.yaml"));
  }));
