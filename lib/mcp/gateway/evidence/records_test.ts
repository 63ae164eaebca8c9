import assert from "node:assert/strict";
import fc from "fast-check";
import { concat } from "../../../formats/bytes.ts";
import { callLine, type CallRecord, closedLine, endLine, headerLine, readSessionLog } from "./records.ts";

const text = fc.string({ unit: "grapheme" });
const call: fc.Arbitrary<CallRecord> = fc.record({
  callId: text,
  time: text,
  method: text,
  name: text,
  toolName: text,
  argsDigest: text,
  intentDigest: text,
  policyDigest: text,
  verdict: text,
  confirmed: fc.boolean(),
  reasonCodes: fc.array(text),
  violations: fc.array(text),
  traceId: text,
  tracePath: text,
}, { noNullPrototype: true });
const HEADER = { session: "s", server: "fs", createdAt: "2026-01-02T03:04:05Z", part: 1 };

Deno.test("readSessionLog() gives back what was written, whatever names a server chose", () => {
  fc.assert(fc.property(fc.array(call), fc.boolean(), (calls, closed) => {
    const ends = calls.map(({ callId }) => ({ callId, time: "t", status: "ok", outputDigest: "" }));
    const lines = [headerLine(HEADER), ...calls.map(callLine), ...ends.map(endLine)];
    const log = readSessionLog(concat([...lines, ...(closed ? [closedLine("t")] : [])]), "log");
    assert.deepEqual(log.header, HEADER);
    assert.deepEqual(log.calls, calls);
    assert.equal(log.torn, !closed);
    assert.deepEqual([...log.ends.keys()], [...new Set(calls.map(({ callId }) => callId))]);
  }));
});

Deno.test("readSessionLog() leaves a cut line out, and refuses one that was changed", () => {
  const whole = concat([headerLine(HEADER), closedLine("t")]);
  for (let cut = headerLine(HEADER).length; cut < whole.length; cut++) {
    assert.equal(readSessionLog(whole.slice(0, cut), "log").torn, true);
  }
  const line = (text: string) => new TextEncoder().encode(text + "\n");
  for (const bad of ["{}", "1", "{", '{"record":"call"}', '{"record":"end","record":"call"}']) {
    assert.throws(() => readSessionLog(concat([headerLine(HEADER), line(bad)]), "log"), {
      code: "invalid_input",
    }, bad);
  }
  assert.throws(() => readSessionLog(closedLine("t"), "log"), { code: "invalid_input" });
});
