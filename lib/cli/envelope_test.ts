import assert from "node:assert/strict";
import fc from "fast-check";
import { decided, failure, negative, type Outcome, success } from "../commands/outcome.ts";
import {
  describeError,
  type ErrorCode,
  EXIT,
  type ExitStatus,
  GaitError,
  invalidInput,
} from "../errors/mod.ts";
import { categoryOfExit, correlationId, exitStatusOf, jsonLine } from "./envelope.ts";

/** Code, exit, category and whether a retry can help, as docs/spec/core.md 3.3 has them. */
const CODES: readonly (readonly [ErrorCode, ExitStatus, string, boolean])[] = [
  ["internal_failure", 1, "internal_failure", false],
  ["verification_failed", 2, "verification_failed", false],
  ["policy_blocked", 3, "policy_blocked", false],
  ["approval_required", 4, "approval_required", false],
  ["regress_failed", 5, "internal_failure", false],
  ["invalid_input", 6, "invalid_input", false],
  ["dependency_missing", 7, "dependency_missing", false],
  ["unsafe_operation", 8, "internal_failure", false],
  ["io_failure", 1, "io_failure", false],
  ["state_contention", 1, "state_contention", true],
  ["network_transient", 1, "network_transient", true],
  ["network_permanent", 1, "network_permanent", false],
];

Deno.test("exitStatusOf() follows the code of the error, never its text", () => {
  for (const [code, exit] of CODES) {
    for (const message of ["Cannot read ./block.zip", "lock timeout contention", "ok"]) {
      assert.equal(exitStatusOf(failure(new GaitError(code, message), { ok: true })), exit);
    }
  }
});

Deno.test("exitStatusOf() never gives 0 unless the object says ok", () => {
  const ok = fc.constantFrom<unknown>(true, false, "true", 1, null, undefined);
  fc.assert(fc.property(fc.constantFrom(...Object.values(EXIT)), ok, (exit, ok) => {
    const outcome = { exit, json: { ok }, lines: [] } as unknown as Outcome;
    assert.equal(exitStatusOf(outcome) === 0, exit === 0 && ok === true);
  }));
});

Deno.test("describeError() gives code, category, hint and retryable of every code", () => {
  for (const [code, , category, retryable] of CODES) {
    const fields = describeError(new GaitError(code, "Text"));
    const { hint, ...rest } = fields;
    assert.deepEqual(rest, { error: "Text", error_code: code, error_category: category, retryable });
    assert(typeof hint === "string" && hint !== "");
  }
});

Deno.test("describeError() prefers the hint of the error and names its detail", () => {
  const fields = describeError(invalidInput("Text", { hint: "Do this", detail: "fine_reason" }));
  assert.deepEqual([fields.hint, fields.error_detail], ["Do this", "fine_reason"]);
});

Deno.test("jsonLine() is one line of sorted members", async () => {
  const text = await jsonLine(success({ zebra: 1, apple: "a\nb", middle: { z: 1, a: 2 } }, []), ["demo"]);
  assert(text.endsWith("}\n") && text.indexOf("\n") === text.length - 1);
  assert.deepEqual(Object.keys(JSON.parse(text)), ["apple", "correlation_id", "middle", "ok", "zebra"]);
});

Deno.test("jsonLine() shows nothing that cannot be seen", async () => {
  const text = await jsonLine(success({ name: "a\u202eb\u200bé" }, []), []);
  assert(text.includes('"name":"a\\u202eb\\u200bé"'));
});

Deno.test("jsonLine() adds no error members to a negative verdict", async () => {
  const json = JSON.parse(await jsonLine(negative(2, { path: "p" }, []), []));
  assert.deepEqual(Object.keys(json), ["correlation_id", "ok", "path"]);
  assert.equal(json.ok, false);
});

Deno.test("jsonLine() says ok: false whenever the status is not 0", async () => {
  const lying: Outcome = { exit: EXIT.policyBlocked, json: { ok: true }, lines: [] };
  assert.equal(JSON.parse(await jsonLine(lying, [])).ok, false);
  const failed = failure(invalidInput("No"), { ok: true, summary: {} });
  const json = JSON.parse(await jsonLine(failed, []));
  assert.deepEqual([json.ok, json.error_code, json.summary], [false, "invalid_input", {}]);
});

Deno.test("jsonLine() says ok: true beside status 3 and 4 for decisions of the gate, and for nothing else", async () => {
  const okOf = async (outcome: Outcome) => JSON.parse(await jsonLine(outcome, [])).ok;
  for (const exit of [0, 3, 4] as const) {
    assert.equal(await okOf(decided(exit, { verdict: "v" }, [])), true);
    assert.equal(exitStatusOf(decided(exit, {}, [])), exit);
    assert.equal(await okOf({ ...decided(exit, {}, []), error: invalidInput("No") }), false);
    assert.equal(await okOf({ ...decided(exit, { ok: false }, []) }), false);
  }
  for (const exit of Object.values(EXIT).filter((exit) => ![0, 3, 4].includes(exit))) {
    assert.equal(await okOf({ exit, json: { ok: true }, lines: [], decision: true }), false);
  }
});

Deno.test("jsonLine() keeps a member named __proto__ a member", async () => {
  const text = await jsonLine(success(JSON.parse('{"__proto__":{"ok":false}}'), []), []);
  assert.match(text, /"__proto__":\{"ok":false\}/);
  assert.equal(JSON.parse(text).ok, true);
});

Deno.test("correlationId() is the start of SHA-256 over the trimmed arguments", async () => {
  // printf 'gait\x1fverify\x1frun_demo\x1f--json' | sha256sum | cut -c1-24
  assert.equal(await correlationId(["verify", "run_demo", "--json"]), "9a80f090e10ab939e59411c0");
  assert.equal(await correlationId([" verify\n", "run_demo ", "--json"]), "9a80f090e10ab939e59411c0");
  assert.equal(await correlationId([]), "7b3d74039aeefa454cd47c0b");
  assert.equal(await correlationId(["demo", "é"]), "1b4ad88f76901b93c9d1dca8");
});

Deno.test("correlationId() takes arguments that are not valid Unicode", async () => {
  assert.match(await correlationId(["\ud800"]), /^[0-9a-f]{24}$/);
});

Deno.test("categoryOfExit() names the category of each status", () => {
  const expected = [
    "none",
    "internal_failure",
    "verification_failed",
    "policy_blocked",
    "approval_required",
    "internal_failure",
    "invalid_input",
    "dependency_missing",
    "internal_failure",
  ];
  assert.deepEqual(Object.values(EXIT).map(categoryOfExit), expected);
});
