import assert from "node:assert/strict";
import fc from "fast-check";
import { GaitError } from "../../errors/mod.ts";
import { concat } from "../../formats/bytes.ts";
import type { Rfc3339 } from "../../formats/time.ts";
import { VERDICTS } from "../../schema/verdict.ts";
import {
  callLine,
  headLine,
  readRecording,
  type RecordedCall,
  type RecordedResult,
  resultLine,
} from "./journal.ts";
import { sealRecording } from "./seal.ts";
import { verifyRunpack } from "../verify.ts";

const T = "2026-03-01T09:00:00Z" as Rfc3339;
const HEAD = {
  runId: "run",
  captureMode: "raw",
  createdAt: T,
  producerVersion: "1.2.3",
  os: "linux",
  arch: "amd64",
} as const;
const SHA = "ab".repeat(32);

const calls = fc.array(
  fc.record({
    toolName: fc.string(),
    verdict: fc.constantFrom(...VERDICTS),
    violations: fc.array(fc.string({ minLength: 1 }), { maxLength: 2 }),
    traceId: fc.string(),
    status: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  }),
  { maxLength: 8 },
).map((list) =>
  list.map(({ status, ...one }, at): { call: RecordedCall; result?: RecordedResult } => {
    const callId = `call_${at}`;
    const call = { ...one, callId, argsDigest: SHA, args: undefined, observedAt: T };
    return status === undefined
      ? { call }
      : { call, result: { callId, status, resultDigest: SHA, result: undefined, at: T } };
  })
);

const linesOf = (list: readonly { call: RecordedCall; result?: RecordedResult }[]) => [
  headLine(HEAD),
  ...list.flatMap(({ call, result }) => result ? [callLine(call), resultLine(result)] : [callLine(call)]),
];

Deno.test("readRecording() gives back what was recorded, and of a cut journal every whole line", async () => {
  await fc.assert(
    fc.asyncProperty(calls, fc.nat(), async (list, cut) => {
      const lines = linesOf(list);
      const bytes = concat(lines);
      const whole = readRecording(bytes, "journal");
      assert.deepEqual(whole.head, HEAD);
      assert.deepEqual(whole.calls, list.map(({ call }) => call));
      assert.deepEqual(whole.results, list.flatMap(({ result }) => result ?? []));
      const part = readRecording(bytes.slice(0, cut % (bytes.length + 1)), "journal");
      assert.deepEqual(part.calls, whole.calls.slice(0, part.calls.length));
      assert.deepEqual(part.results, whole.results.slice(0, part.results.length));
      const kept = bytes.slice(0, cut % (bytes.length + 1) - part.torn.length);
      assert.equal(
        kept.filter((byte) => byte === 0x0a).length,
        Number(!!part.head) + part.calls.length + part.results.length,
      );
      if (part.head) {
        assert.equal((await verifyRunpack((await sealRecording(part, part.head)).bytes)).ok, true);
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("readRecording() throws nothing but GaitErrors, whatever it reads", () => {
  fc.assert(fc.property(calls, fc.nat(), fc.nat({ max: 255 }), (list, at, byte) => {
    const bytes = concat(linesOf(list));
    bytes[at % bytes.length] = byte;
    try {
      readRecording(bytes, "journal");
    } catch (error) {
      assert(error instanceof GaitError && error.code === "invalid_input");
    }
  }));
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    try {
      readRecording(new Uint8Array(bytes), "journal");
    } catch (error) {
      assert(error instanceof GaitError && error.code === "invalid_input");
    }
  }));
});
