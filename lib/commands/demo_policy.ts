import type { Effects } from "../effects/mod.ts";
import { EXIT, GaitError } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { type JsonObject, prettyJson } from "../formats/json/mod.ts";
import { OUTPUT_FOLDER } from "../runpack/locate.ts";
import { evaluate } from "../evaluate/evaluate.ts";
import { parseIntent } from "../intent/parse.ts";
import { withoutClaims } from "../intent/digest.ts";
import { parsePolicy } from "../policy/parse.ts";
import { compact, failure, negative, type Outcome, success } from "./outcome.ts";
import { bad, dim, keyValueLines, line, nextLines, warn } from "./text.ts";

const POLICY_PATH = `${OUTPUT_FOLDER}/policy_demo_high_risk.yaml`;
const INTENT_PATH = `${OUTPUT_FOLDER}/intent_demo_delete.json`;

const NEXT = [
  `gait policy test ${POLICY_PATH} ${INTENT_PATH}`,
  `gait gate eval --policy ${POLICY_PATH} --intent ${INTENT_PATH} --explain-decision`,
];

/** `gait demo --policy` (docs/spec/core.md section 10): a policy blocks a destructive call. */
export async function runPolicyDemo(effects: Effects, version: string): Promise<Outcome> {
  try {
    return await playPolicyDemo(effects, version);
  } catch (error) {
    if (error instanceof GaitError) return failure(error, { mode: "policy" });
    throw error;
  }
}

async function playPolicyDemo({ files, now }: Effects, version: string): Promise<Outcome> {
  const started = now();
  await files.makeFolder(OUTPUT_FOLDER);
  // The demo invites people to change its files: theirs are kept beside the fresh ones.
  const rules = { older: () => true };
  const kept = [
    await files.writeOutput(POLICY_PATH, utf8(DEMO_POLICY), rules),
    await files.writeOutput(INTENT_PATH, prettyJson(demoIntent(version)), rules),
  ].flatMap(({ keptAs }) => keptAs ?? []);
  // Read back, so that the shown verdict is the one of the written files.
  const { policy } = await parsePolicy(await files.read(POLICY_PATH), POLICY_PATH);
  const intent = await parseIntent(await files.read(INTENT_PATH), INTENT_PATH);
  const { verdict, matchedRule, reasonCodes } = evaluate(policy, withoutClaims(intent));
  const json = {
    mode: "policy",
    bundle: `./${INTENT_PATH}`,
    pack_path: `./${POLICY_PATH}`,
    policy_verdict: verdict,
    ...compact({ matched_rule: matchedRule }),
    reason_codes: [...reasonCodes],
    verify: verdict === "block" ? "ok" : "failed",
    next_commands: NEXT,
    metrics_opt_in: "export GAIT_ADOPTION_LOG=./gait-out/adoption.jsonl",
    ...compact({ kept_records: kept, duration_ms: now() - started }),
  };
  if (verdict !== "block") {
    return negative(EXIT.verificationFailed, json, [
      line(bad("demo failed"), `: the policy said ${verdict}`),
    ]);
  }
  return success(json, [
    line(
      bad("block"),
      "  An agent wanted to delete a file, and the policy blocked the call before anything happened.",
    ),
    ...keyValueLines({
      tool: intent.toolName,
      policy_verdict: verdict,
      matched_rule: matchedRule,
      reason_codes: reasonCodes.join(","),
      policy: `./${POLICY_PATH}`,
      intent: `./${INTENT_PATH}`,
    }),
    ...kept.map((path) => line(warn("kept"), `: what stood there before is ${path}`)),
    line(dim("Change the policy and try again; gate eval also writes a signed trace of every decision.")),
    ...nextLines(NEXT),
  ]);
}

/** The policy that `gait demo --policy` shows, byte for byte (docs/spec/core.md section 10). */
export const DEMO_POLICY = `schema_id: gait.gate.policy
schema_version: 1.0.0
default_verdict: allow
rules:
  - name: block-destructive-tool-delete
    priority: 10
    effect: block
    match:
      tool_names: [tool.delete]
      risk_classes: [high]
    reason_codes: [destructive_tool_blocked]
`;

/** The call that it blocks. */
export function demoIntent(producerVersion: string): JsonObject {
  const path = "/tmp/demo/delete-me.txt";
  return {
    schema_id: "gait.gate.intent_request",
    schema_version: "1.0.0",
    created_at: "2026-02-14T00:00:00Z",
    producer_version: producerVersion,
    tool_name: "tool.delete",
    args: { path },
    targets: [
      { kind: "path", value: path, operation: "delete", endpoint_class: "fs.delete", destructive: true },
    ],
    context: { identity: "demo.user", workspace: "/tmp/demo", risk_class: "high" },
  };
}
