/** Control sequences in names and reasons never reach a terminal raw (docs/threat_model.md 46), nor a report. */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";

/** Clears the screen, moves the cursor, sets the title, turns the direction, breaks the line, in C0 and in C1. */
const EVIL =
  "\u001b[2J\u001b]0;owned\u0007\u009b31m\u202etxt\u2066\r\nallow\tok\u0085\u2028\u200b\u0008\u007f";
/** As JSON, it is a double-quoted scalar of YAML too. */
const evil = JSON.stringify(EVIL).replace(
  /[\u007f-\u{10ffff}]/gu,
  (char) => "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"),
);

const RAW = // deno-lint-ignore no-control-regex -- they are what it looks for
  /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

const POLICY = `rules:
- name: ${evil}
  effect: block
  match: {tool_names: [${evil}]}
  reason_codes: [${evil}]
  violations: [${evil}]
`;
const INTENT = `{"tool_name": ${evil}, "targets": [{"kind": "path", "value": ${evil}}],
  "context": {"identity": ${evil}, "workspace": ${evil}, "risk_class": ${evil}}}`;

const COMMAND_LINES: readonly (readonly [code: number, args: readonly string[]])[] = [
  [3, argv`gate eval --policy p.yaml --intent i.json --trace-out t.json`],
  [3, argv`gate eval --policy p.yaml --intent i.json --explain-decision`],
  [3, argv`gate eval --policy other.yaml --intent i.json --explain-decision`],
  [3, ["policy", "test", "p.yaml", "i.json"]],
  [5, argv`policy test p.yaml --fixtures f --junit junit.xml`],
  [0, argv`policy simulate --policy p.yaml --baseline other.yaml --fixtures i.json`],
  [0, ["policy", "fmt", "p.yaml"]],
  [0, ["policy", "validate", "p.yaml"]],
  [6, ["policy", "validate", "unknown.yaml"]],
  [6, ["policy", "validate", "value.yaml"]],
  [0, ["check", "--policy", "p.yaml"]],
  [0, argv`trace verify t.json --public-key k/gait_public.key`],
  [6, ["gate", "eval", "--policy", EVIL.replaceAll("\u0000", ""), "--intent", "i.json"]],
  [6, ["policy", "init", EVIL]],
  [6, ["policy", EVIL]],
];

Deno.test("item 46: no command of the gate prints a control character that it was given", () =>
  onStage(async ({ gait, write, read }) => {
    await write("p.yaml", POLICY);
    await write(
      "other.yaml",
      `default_verdict: block\nrules: [{name: ${evil}, effect: allow, match: {tool_names: [x, ${evil}], identities: [y]}}]\n`,
    );
    await write("unknown.yaml", `${evil}: 1\n`);
    await write("value.yaml", `default_verdict: ${evil}\n`);
    await write("i.json", INTENT);
    await write(`f/${EVIL.replaceAll(/[/]/g, "")}.intent.json`, INTENT);
    await write(
      `f/${EVIL.replaceAll(/[/]/g, "")}.expect.json`,
      `{"verdict": "allow", "matched_rule": "x", "reason_codes": [${evil}]}`,
    );
    await gait`keys init --out-dir k`;
    const key = argv`--key-mode prod --private-key k/gait_private.key`;
    for (const [expected, args] of COMMAND_LINES) {
      const signing = args.includes("--trace-out") ? key : [];
      const { code, stdout, stderr } = await gait(...args, ...signing);
      assert.equal(code, expected, args.join(" ") + stdout + stderr);
      assert.doesNotMatch(stdout + stderr, RAW, args.join(" "));
      const json = await gait`${args} ${signing} --json`;
      // deno-lint-ignore no-control-regex -- JSON escapes these, and no terminal shows JSON by itself
      assert.doesNotMatch(json.stdout.replace(/\n$/, ""), /[\x00-\x1f]/, args.join(" "));
    }
    const junit = await read("junit.xml");
    // deno-lint-ignore no-control-regex -- they are what it looks for
    assert.doesNotMatch(junit, /[\x00-\x09\x0b-\x1f\x80-\x9f]/);
    assert.ok(junit.includes("<failure "));
    // deno-lint-ignore no-control-regex -- they are what it looks for
    assert.doesNotMatch(await read("t.json"), /[\x00-\x09\x0b-\x1f]/);
  }));

Deno.test("item 46: what policy fmt prints means the same as the file", () =>
  onStage(async ({ gait, write }) => {
    await write("p.yaml", POLICY);
    const digest = (await gait`policy validate p.yaml --json`).json.policy_digest;
    await write("printed.yaml", (await gait`policy fmt p.yaml`).stdout);
    assert.equal((await gait`policy validate printed.yaml --json`).json.policy_digest, digest);
  }));

Deno.test("item 46: what list-scripts prints of a registry is escaped", () =>
  onStage(async ({ gait, write, read }) => {
    await write("p.yaml", "");
    await write(
      "s.json",
      `{"script": {"steps": [{"tool_name": ${evil}, "args": {}}]},
      "context": {"identity": "i", "workspace": "/w", "risk_class": "low"}}`,
    );
    const approve = argv`approve-script --policy p.yaml --intent s.json --registry r.json`;
    const approved = await gait`${approve} --approver dana --pattern-id ${EVIL}`;
    // No command of ours writes such an approver; whoever hands us a registry can.
    await write("r.json", (await read("r.json")).replaceAll('"dana"', evil));
    const listed = await gait`list-scripts --registry r.json`;
    for (const { code, stdout, stderr } of [approved, listed]) {
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stdout + stderr, RAW);
    }
    assert.ok((await read("r.json")).includes(evil));
    const refused = await gait`${approve} --approver ${EVIL}`;
    assert.equal(refused.code, 6);
    assert.doesNotMatch(refused.stdout + refused.stderr, RAW);
  }));
