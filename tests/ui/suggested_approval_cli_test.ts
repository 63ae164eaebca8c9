/** The command that the page suggests for a waiting call is run as it stands, and the call passes by what it signs. */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { withServer } from "../support/server.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";

const TOKEN = "0123456789abcdef-of-the-tests";

const POLICY = `default_verdict: block
rules:
  - {name: drop, priority: 1, effect: require_approval, match: {tool_names: [tool.drop]}}
`;

const INTENT = JSON.stringify({
  ...{ schema_id: "gait.gate.intent_request", schema_version: "1.0.0", created_at: "2026-11-20T08:00:00Z" },
  ...{ producer_version: "t", tool_name: "tool.drop", args: { table: "orders" } },
  targets: [{ kind: "path", value: "/db/orders", operation: "delete", endpoint_class: "fs.delete" }],
  context: { identity: "agent", workspace: "/w", risk_class: "high", phase: "apply" },
});

/** The folder has a space, which the command must quote. */
const INTENT_PATH = "my intents/drop.json";

const EVAL = ["gate", "eval", "--policy", "policy.yaml", "--intent", INTENT_PATH, "--json"];

/** Stop a destructive call that applies a change: an approval of its tool alone does not fit it. */
async function stopCall(stage: Stage): Promise<void> {
  await stage.write("policy.yaml", POLICY);
  await stage.write(INTENT_PATH, INTENT);
  await stage.gait`keys init --out-dir keys`;
  const stopped = await stage.gait(...EVAL, "--trace-out", "trace_drop.json");
  assert.equal(stopped.code, 4);
}

async function suggested(stage: Stage, ...args: string[]): Promise<{ command: string; call?: unknown }> {
  const ui = ["ui", "--open-browser=false", "--token-env", "GAIT_UI_TOKEN", ...args];
  let shown!: { command: string };
  await withServer(stage, ui, async ({ post }) => {
    const { status, json } = await post("/api/approval", { path: "trace_drop.json" }, {
      authorization: `Bearer ${TOKEN}`,
    });
    assert.equal(status, 200);
    shown = json;
  }, { GAIT_UI_TOKEN: TOKEN });
  return shown;
}

testUnless(
  withoutProgram("sh"),
  "the suggested command approves a destructive call",
  () =>
    onStage(async (stage) => {
      await stopCall(stage);
      const { command } = await suggested(stage, "--intents", "my intents", "--approvals-dir", "given");
      const line = command.replace("<you>", "dana").replace("<why>", "CHG-7")
        .replace("<private.key>", "keys/gait_private.key");
      assert.doesNotMatch(line, /[<>]/);
      const { success } = await new Deno.Command("sh", {
        args: ["-c", `gait() { "${repository}bin/gait" "$@"; }; ${line} --yes`], // a person is asked on the terminal
        cwd: stage.folder,
        env: { HOME: stage.folder },
        stdout: "null",
      }).output();
      assert.ok(success);
      const [token] = (await stage.files()).filter((name) => name.startsWith("given/"));
      const passed = await stage.gait(
        ...EVAL,
        ...argv`--approval-token ${token!} --approval-public-key keys/gait_public.key`,
      );
      assert.equal(passed.json.verdict, "allow");
    }),
);

Deno.test("without the intent the command names only the trace", () =>
  onStage(async (stage) => {
    await stopCall(stage);
    await Deno.remove(stage.path(INTENT_PATH));
    const shown = await suggested(stage);
    assert.doesNotMatch(shown.command, /--intent|--scope/);
    assert.match(
      shown.command,
      /--from-trace trace_drop\.json .*--out \.gait\/approvals\/[0-9a-f]{16}\.json$/,
    );
    assert.equal(shown.call, undefined);
  }));
