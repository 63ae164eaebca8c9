import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";

const context = { identity: "alice", workspace: "/w", risk_class: "low" };
const policy = (verdict: string, rule: string, reason: string) =>
  `default_verdict: block\nrules:\n  - {name: ${rule}, effect: ${verdict}, match: {tool_names: [t]}, reason_codes: [${reason}]}\n`;
const violating = policy("require_approval", "a", "why").replace("}\n", ", violations: [v]}\n");

async function withPolicies({ write }: Stage): Promise<void> {
  await write("base.yaml", policy("require_approval", "a", "why"));
  await write("renamed.yaml", policy("require_approval", "b", "why"));
  await write("reason.yaml", policy("require_approval", "a", "other"));
  await write("violation.yaml", violating);
  await write("wider.yaml", policy("allow", "a", "why"));
  await write("stricter.yaml", policy("block", "a", "why"));
  await write("intent.json", JSON.stringify({ tool_name: "t", args: {}, context }));
}

Deno.test("policy simulate counts what changed, and --fail-on turns other decisions into an exit status", () =>
  onStage(async (stage) => {
    await withPolicies(stage);
    const cases: [string, number, number, number, number][] = [
      // policy, changed, widened, exit with --fail-on changed, with --fail-on widened
      ["base.yaml", 0, 0, 0, 0],
      ["renamed.yaml", 1, 0, 0, 0],
      ["reason.yaml", 1, 0, 5, 0],
      ["violation.yaml", 1, 0, 5, 0],
      ["wider.yaml", 1, 1, 5, 5],
      ["stricter.yaml", 1, 0, 5, 0],
    ];
    for (const [candidate, changed, widened, onChanged, onWidened] of cases) {
      const flags = argv`--policy ${candidate} --baseline base.yaml --fixtures intent.json --json`;
      const simulate = (...more: string[]) => stage.gait`policy simulate ${flags} ${more}`;
      const plain = await simulate();
      assert.deepEqual(
        [plain.code, plain.json.changed_fixtures ?? 0, plain.json.widened_fixtures ?? 0],
        [0, changed, widened],
        candidate,
      );
      const [first, second] = [
        await simulate("--fail-on", "changed"),
        await simulate("--fail-on", "widened"),
      ];
      assert.deepEqual([first.code, first.json.ok], [onChanged, onChanged === 0], candidate);
      assert.deepEqual([second.code, second.json.ok], [onWidened, onWidened === 0], candidate);
      assert.equal((await simulate("--fail-on", "anything")).code, 6);
    }
  }));

Deno.test("policy test --explain-decision reports what gate eval reports", () =>
  onStage(async (stage) => {
    await withPolicies(stage);
    const tested = await stage.gait`policy test base.yaml intent.json --explain-decision --json`;
    const flags = argv`--policy base.yaml --intent intent.json --explain-decision --json`;
    const evaluated = await stage.gait`gate eval ${flags}`;
    assert.equal(tested.code, 4);
    assert.deepEqual(tested.json.explanation, evaluated.json.explanation);
    assert.equal(
      (await stage.gait`policy test base.yaml intent.json --json`).json.explanation,
      undefined,
    );
    assert.equal(
      (await stage.gait`policy test base.yaml --fixtures . --explain-decision`).code,
      6,
    );
  }));

Deno.test("what gait init and policy init write validates and lints without warnings", () =>
  onStage(async ({ gait, write }) => {
    await write("bot.py", "from langchain.tools import tool\n\n@tool\ndef delete_user(x):\n    pass\n");
    for (const template of ["low", "medium", "high"]) {
      assert.equal((await gait`init --template ${template} --force`).code, 0);
      assert.equal((await gait`policy init ${template} --out p.yaml --force`).code, 0);
      for (const path of [".gait.yaml", "p.yaml"]) {
        const validated = await gait`policy validate ${path} --json`;
        assert.deepEqual([validated.code, validated.json.warnings], [0, undefined], template);
        assert.equal((await gait`policy lint ${path} --strict`).code, 0, template);
      }
    }
  }));
