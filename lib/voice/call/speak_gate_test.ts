import assert from "node:assert/strict";
import { utf8 } from "../../formats/bytes.ts";
import { callRecord } from "../../../tests/support/sample_calls.ts";
import { readCallRecord } from "./record.ts";
import { demandAllows } from "./speak_gate.ts";

const REFUSED = { code: "invalid_input" };

// deno-lint-ignore no-explicit-any -- records are broken on purpose
function read(change: (record: any) => void = () => {}) {
  const record = callRecord();
  change(record);
  return readCallRecord(utf8(JSON.stringify(record)), "call record");
}

/** The decision of the sample call in other words. */
const decision = (more: object) => ({ ...callRecord().gate_decisions[0], ...more });

Deno.test("the speak gate passes a call in which every binding sentence had leave", () => {
  assert.equal(read().receipts.length, 1);
});

Deno.test("the speak gate refuses speech without token, without receipt, or under another token", () => {
  for (
    const change of [
      (record: ReturnType<typeof callRecord>) => delete record.events[4].say_token_id,
      (record: ReturnType<typeof callRecord>) => record.events[4].say_token_id = "say_2",
      (record: ReturnType<typeof callRecord>) => record.speak_receipts = [],
      (record: ReturnType<typeof callRecord>) => record.speak_receipts[0].call_seq = 6,
      (record: ReturnType<typeof callRecord>) => record.speak_receipts[0].turn_index = 3,
      (record: ReturnType<typeof callRecord>) => record.speak_receipts[0].commitment_class = "quote",
      (record: ReturnType<typeof callRecord>) => record.speak_receipts[0].say_token_id = "say_2",
    ]
  ) assert.throws(() => read(change), REFUSED);
});

Deno.test("the speak gate refuses a second receipt that names another token, wherever it stands", () => {
  for (const add of ["push", "unshift"] as const) {
    assert.throws(
      () =>
        read((record) => record.speak_receipts[add]({ ...record.speak_receipts[0], say_token_id: "say_2" })),
      REFUSED,
    );
  }
});

Deno.test("the speak gate takes every verdict but allow for a no, with the same code", () => {
  for (const verdict of ["block", "dry_run", "require_approval"]) {
    assert.throws(() => read((record) => record.gate_decisions[0].verdict = verdict), REFUSED, verdict);
  }
});

Deno.test("the speak gate requires a decision before the speech, on its class and in its turn", () => {
  for (
    const more of [{ call_seq: 6 }, { turn_index: 5 }, { commitment_class: "quote" }] as const
  ) assert.throws(() => read((record) => record.gate_decisions = [decision(more)]), REFUSED);
  assert.throws(() => read((record) => record.gate_decisions = []), REFUSED);
  assert.equal(read((record) => record.gate_decisions[0].call_seq = 5).decisions.length, 1);
});

Deno.test("the speak gate lets the later decision count, and the stricter one of two at one place", () => {
  const both = (first: object, second: object) => (record: ReturnType<typeof callRecord>) =>
    record.gate_decisions = [decision(first), decision(second)];
  assert.equal(read(both({ verdict: "block", call_seq: 2 }, { call_seq: 3 })).decisions.length, 2);
  assert.throws(() => read(both({ call_seq: 3 }, { verdict: "block", call_seq: 4 })), REFUSED);
  assert.throws(() => read(both({}, { verdict: "block" })), REFUSED);
  assert.throws(() => read(both({ verdict: "block" }, {})), REFUSED);
});

Deno.test("the speak gate asks nothing of speech that binds nobody", () => {
  const record = read((record) => {
    delete record.events[4].commitment_class;
    delete record.events[4].say_token_id;
    record.speak_receipts = [];
    record.gate_decisions = [];
  });
  assert.equal(record.decisions.length, 0);
});

Deno.test("the speak gate evaluates a turn in which the gate spoke more often than a function takes arguments", () => {
  const { decisions, receipts } = read();
  const many = Array.from({ length: 300_000 }, () => decisions[0]!);
  assert.doesNotThrow(() => demandAllows(many, receipts));
  assert.throws(() => demandAllows([{ ...decisions[0]!, verdict: "block" }, ...many], receipts), REFUSED);
});
