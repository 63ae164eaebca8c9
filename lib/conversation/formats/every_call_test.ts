import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Made } from "../../../tests/conversation/agent_writers.ts";
import { CAN_BREAK, KEEPS, WRITERS } from "../../../tests/conversation/log_writers.ts";
import { FORMATS } from "../transcript.ts";
import { detectFormat, READERS } from "./table.ts";

const made: fc.Arbitrary<Omit<Made, "id">> = fc.record({
  tool: fc.constantFrom("pay", "log", "delete_repo", "Bash"),
  args: fc.dictionary(fc.constantFrom("a", "b", "path"), fc.oneof(fc.integer(), fc.string()), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
  answer: fc.option(fc.string({ minLength: 1 }).map((said) => `said ${said}`), { nil: undefined }),
  broken: fc.boolean(),
});

for (const format of FORMATS) {
  Deno.test(`${format}: calls made = intents + skipped, none twice, none invented`, () => {
    fc.assert(
      fc.property(fc.array(made, { minLength: 1, maxLength: 6 }), (given) => {
        const canBreak = CAN_BREAK.has(format);
        const calls = given.map((call, i) => ({
          ...call,
          // The first call is whole, so that there is something to recognise and to record.
          broken: canBreak && call.broken && i > 0,
          id: `call_${i + 1}`,
          ...KEEPS[format]?.(call, i),
        }));
        const values = WRITERS[format](calls);
        assert.equal(detectFormat({ values, position: (i) => `line ${i + 1}` }), format);
        const { readings } = READERS[format].read({ values, position: (i) => `line ${i + 1}` });
        const whole = calls.filter(({ broken }) => !broken);
        const read = readings.flatMap(({ transcript }) =>
          transcript.calls.map(({ tool, args }, i) => {
            const answers = transcript.answers.filter(({ call }) => call === i);
            return { tool, args, answers: answers.map(({ result }) => result) };
          })
        );
        assert.deepEqual(
          read,
          whole.map(({ tool, args, answer }) => ({
            tool,
            args,
            answers: answer === undefined ? [] : [{ text: answer }],
          })),
        );
        if (!canBreak) return;
        const skipped = readings.flatMap(({ transcript }) => transcript.skipped);
        assert.equal(skipped.length, calls.length - whole.length);
      }),
      { numRuns: 60 },
    );
  });
}
