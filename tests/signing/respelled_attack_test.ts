/**
 * Signed documents whose bytes say something else than what was signed, though their canonical form is the same: two
 * readers would disagree, so none may verify.
 */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const POLICY =
  "default_verdict: block\nrules: [{name: r, effect: allow, match: {tool_names: [tool.read]}}]\n";
const INTENT = JSON.stringify({
  tool_name: "tool.read",
  context: { identity: "a", workspace: "/w", risk_class: "low" },
  script: { steps: [1, 2].map(() => ({ tool_name: "tool.read", args: {} })) },
});

const edits: Readonly<Record<string, (trace: string) => string>> = {
  "another spelling of a number": (text) => text.replace('"step_count": 2', '"step_count": 2.0'),
  "an exponent": (text) => text.replace('"step_count": 2', '"step_count": 2e0'),
  "more digits than a double keeps": (text) =>
    text.replace('"step_count": 2', '"step_count": 2.00000000000000000001'),
  "a key that stands there twice": (text) =>
    text.replace('"verdict": "allow"', '"verdict": "block", "verdict": "allow"'),
  "the same key escaped": (text) =>
    text.replace('"verdict": "allow"', '"\\u0076erdict": "block", "verdict": "allow"'),
};

Deno.test("a trace does not verify when its bytes say something else than what was signed", () =>
  onStage(async ({ gait, write, read }) => {
    await gait`keys init --out-dir k`;
    await write("policy.yaml", POLICY);
    await write("intent.json", INTENT);
    const evaluated = await gait`gate eval --policy policy.yaml --intent intent.json
      --trace-out t.json --key-mode prod --private-key k/gait_private.key --json`;
    assert.equal(evaluated.code, 0, evaluated.stdout);
    const verify = async (trace: string) => {
      await write("e.json", trace);
      return (await gait`trace verify e.json --public-key k/gait_public.key`).code;
    };
    const trace = await read("t.json");
    assert.equal(await verify(trace), 0);
    assert.equal(await verify(JSON.stringify(JSON.parse(trace))), 0, "white space is free");
    for (const [what, edit] of Object.entries(edits)) {
      const edited = edit(trace);
      assert.notEqual(edited, trace, what);
      assert.notEqual(await verify(edited), 0, what);
    }
  }));
