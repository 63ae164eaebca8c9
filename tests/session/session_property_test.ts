/** Journals of any content: what was written is read, whatever happens in between. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { appendEvent } from "../../lib/session/append.ts";
import { checkpointSession } from "../../lib/session/checkpoint.ts";
import { compactSession } from "../../lib/session/compact.ts";
import { nextEvent, SESSION_VERDICTS } from "../../lib/session/event.ts";
import { readJournal } from "../../lib/session/read_journal.ts";
import { readRecord, writeRecord } from "../../lib/session/records.ts";
import { recoverSession } from "../../lib/session/recover.ts";
import { startSession } from "../../lib/session/start.ts";
import { sessionStatus } from "../../lib/session/status.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { parseTime } from "../../lib/formats/time.ts";
import { encodeSessionEvent, type SessionState } from "../../lib/schema/session_journal.ts";
import { FAKE_NOW, type FakeEffects, fakeEffects } from "../support/fake_effects.ts";

const anyText = fc.string({ unit: "grapheme", maxLength: 20 });
const input = fc.record({
  toolName: anyText,
  verdict: fc.constantFrom(...SESSION_VERDICTS),
  intentId: anyText,
  traceId: anyText,
  tracePath: anyText,
  intentDigest: anyText,
  policyDigest: anyText,
  reasonCodes: fc.array(anyText, { maxLength: 3 }),
  violations: fc.array(anyText, { maxLength: 3 }),
});

Deno.test("readRecord(writeRecord(x)) is x, for any event", () => {
  const now = parseTime(new Date(FAKE_NOW).toISOString());
  fc.assert(fc.property(input, anyText, anyText, fc.nat(), (given, session, run, last) => {
    const state = { session_id: session, run_id: run, last_sequence: last, last_checkpoint_sequence: 0 };
    const event = nextEvent(given, state as SessionState, { now, version: "1.0.0" });
    const line = writeRecord("event", encodeSessionEvent(event), { prevDigest: "ab" });
    assert(!/[\n\r<>&\u2028]/.test(line), "one line, escaped");
    const record = readRecord(utf8(line), "line");
    assert(record.kind === "event" && record.prevDigest === "ab");
    assert.deepEqual(encodeSessionEvent(record.event), encodeSessionEvent(event));
  }));
});

type Step = "append" | "checkpoint" | "compact" | "lose state" | "lose newline" | "tear" | "look";
const steps = fc.array(
  fc.constantFrom<Step>(
    "append",
    "append",
    "append",
    "checkpoint",
    "compact",
    "lose state",
    "lose newline",
    "tear",
    "look",
  ),
  { minLength: 1, maxLength: 25 },
);

Deno.test("a session keeps count through any sequence of operations and mishaps", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.array(input, { minLength: 1, maxLength: 4 }), async (sequence, inputs) => {
      const effects = fakeEffects();
      await startSession("j", { sessionId: "s", runId: "r" }, effects, "1");
      const model = { sequence: 0, sealed: 0, checkpoints: 0 };
      for (const [i, step] of sequence.entries()) {
        await play(step, effects, model, inputs[i % inputs.length]!, i);
        const journal = await readJournal(effects.files, "j");
        assert.equal(journal.expected - 1, model.sequence);
        assert.equal(journal.checkpoints.length, model.checkpoints);
        assert.equal(journal.checkpoints.at(-1)?.sequence_end ?? 0, model.sealed);
      }
      const { state } = await sessionStatus("j", effects, "1");
      assert.equal(Math.max(state.last_sequence, state.last_checkpoint_sequence), model.sequence);
    }),
    { numRuns: 60 },
  );
});

interface Model {
  sequence: number;
  sealed: number;
  checkpoints: number;
}

async function play(
  step: Step,
  effects: FakeEffects,
  model: Model,
  given: Parameters<typeof appendEvent>[1],
  i: number,
): Promise<void> {
  const { files } = effects;
  const text = files.text("j")!;
  switch (step) {
    case "append":
      assert.equal((await appendEvent("j", given, effects, "1")).event.sequence, ++model.sequence);
      break;
    case "checkpoint": {
      const made = checkpointSession("j", { out: `${i}.zip` }, effects, "1");
      if (model.sequence === model.sealed) await assert.rejects(made, { code: "invalid_input" });
      else {
        const { checkpoint } = await made;
        assert.deepEqual([checkpoint.sequence_start, checkpoint.sequence_end], [
          model.sealed + 1,
          model.sequence,
        ]);
        Object.assign(model, { sealed: model.sequence, checkpoints: model.checkpoints + 1 });
      }
      break;
    }
    case "compact":
      await compactSession("j", {}, effects, "1");
      assert.equal((await compactSession("j", {}, effects, "1")).compacted, false);
      break;
    case "lose state":
      if (files.text("j.state.json") !== undefined) await files.remove("j.state.json");
      break;
    case "lose newline":
      await files.writeAtomic("j", utf8(text.trimEnd()));
      break;
    case "tear":
      await files.writeAtomic("j", utf8(text.trimEnd() + '\n{"record_type":'));
      await assert.rejects(appendEvent("j", given, effects, "1"), { detail: "torn_tail" });
      assert(!(await recoverSession("j", effects, "1")).whole);
      break;
    case "look":
      await sessionStatus("j", effects, "1");
  }
}
