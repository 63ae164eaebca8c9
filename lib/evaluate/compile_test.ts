import assert from "node:assert/strict";
import { ruleReasonCode } from "./compile.ts";

Deno.test("ruleReasonCode() makes a code of a name", () => {
  assert.equal(ruleReasonCode("Allow Night-Shift posts"), "matched_rule_allow_night_shift_posts");
  assert.equal(ruleReasonCode("ÄÖ"), "matched_rule_äö");
});

Deno.test("ruleReasonCode() writes a name as JSON does, without quotes at the ends", () => {
  assert.equal(ruleReasonCode(`a"b`), `matched_rule_a\\"b`);
  assert.equal(ruleReasonCode("a<b>&"), "matched_rule_a\\u003cb\\u003e\\u0026");
  assert.equal(ruleReasonCode("tab\there"), "matched_rule_tab\\there");
  assert.equal(ruleReasonCode(`"`), "matched_rule_\\");
});
