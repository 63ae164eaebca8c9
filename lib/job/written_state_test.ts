import assert from "node:assert/strict";
import fc from "fast-check";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { jobStage } from "../../tests/support/job.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { decodeUtf8, utf8 } from "../formats/bytes.ts";
import { prettyJson, readJsonObject } from "../formats/json/mod.ts";
import { parseTime } from "../formats/time.ts";
import { sha256 } from "../signing/mod.ts";
import { decode } from "../schema/fields.ts";
import { encodeJobState, type JobState, jobStateSchema } from "../schema/job.ts";
import { encodeState, readWrittenState, withLogDigest } from "./written_state.ts";

const whole = (state: JobState) => decodeUtf8(prettyJson(encodeJobState(state)));

const strictly = (bytes: Uint8Array) =>
  decode(jobStateSchema, readJsonObject(bytes, { what: "s", numbers: "exact" }), "s");

async function sample() {
  const job = jobStage(fakeEffects({ files: memoryFiles() }));
  await job.submit({ actor: "mia" });
  await job.checkpoint("decision-needed");
  await job.approve();
  return (await job.checkpoint("plan", { summary: "<b> — 東京" })).state;
}

Deno.test("readWrittenState() reads what Gait writes as the strict reader does", async () => {
  const state = await sample();
  const times = ["2026-11-29T10:00:00Z", "2024-02-29T00:00:00.5Z", "2026-12-31T23:59:59.000000001Z"];
  fc.assert(fc.property(
    fc.array(
      fc.record({
        summary: fc.string({ unit: "binary" }),
        actor: fc.string(),
        time: fc.constantFrom(...times),
      }),
    ),
    (items) => {
      const checkpoints = items.map(({ summary, actor, time }) => ({
        ...state.checkpoints[0]!,
        summary: summary.toWellFormed(),
        actor,
        created_at: parseTime(time),
      }));
      const bytes = encodeState({ ...state, checkpoints });
      assert.deepEqual(readWrittenState(bytes), strictly(bytes));
    },
  ));
});

Deno.test("readWrittenState() leaves everything else to the strict reader", async () => {
  const text = decodeUtf8(encodeState(await sample()));
  assert(readWrittenState(utf8(text)) !== undefined);
  const others = [
    text + " ",
    text.slice(0, -3),
    text.replace('"revision": 4', '"revision": 4.0'),
    text.replace('"revision": 4', '"revision": "4"'),
    text.replace('"summary": "s"', '"summary": 1'),
    text.replace('"summary": "s"', '"summary": "s",\n      "extra": "x"'),
    text.replace('"summary": "s"', '"summary": null'),
    text.replace('"required_action": "decide"', '"required_action": ""'),
    text.replace('"summary": "s"', '"summary": "s",\n      "actor": ""'),
    text.replace('"summary": "s"', '"reason_code": "s"').replace(/"reason_code": "c[^"]*"/, '"summary": "s"'),
    text.replace('"summary": "s",\n      ', ""),
    text.replace("\\u003c", "<"),
    text.replace("東", "\\u6771"),
    text.replace(
      /"created_at": "2026-01-02T[^"]*",\n {6}"type": "plan"/,
      '"created_at": "2026-02-30T00:00:00Z",\n      "type": "plan"',
    ),
    text.replace('"job_id"', '"job_id": "x",\n  "job_id"'),
    text.replace('"checkpoints": [', '"checkpoints": ['.replace("[", "{")),
    "[]",
    "",
  ];
  for (const other of others) assert.equal(readWrittenState(utf8(other)), undefined, other);
});

Deno.test("readWrittenState() reads no state otherwise than the strict reader, whatever was put into it", async () => {
  const text = decodeUtf8(encodeState(await sample()));
  const pieces = [
    ...[
      "\\ud800",
      "\\udfff",
      "\\ud83d\\ude00",
      "\\u0000",
      "\\u2028",
      "\\u003c",
      "\\n",
      "\\/",
      "\\u007f",
      "\\",
    ],
    ...[
      "\u007f",
      "\u2029",
      "\ufeff",
      '"',
      ",",
      "\n",
      "\r",
      "{",
      "}",
      "[",
      "]",
      "\n  ]",
      '\n  "checkpoints": [',
    ],
    ...["__proto__", "constructor", "zz", "10", ""].map((name) => `"${name}": {},\n  `),
    ...["1e21", "1e400", "0.1", "-0", "9007199254740993", "9007199254740992", "null"].map((n) =>
      `"z": ${n},\n  `
    ),
  ];
  const change = fc.record({
    at: fc.nat(text.length),
    drop: fc.nat(3),
    piece: fc.constantFrom("", ...pieces),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const changed = changes.reduce(
        (so, { at, drop, piece }) => so.slice(0, at) + piece + so.slice(at + drop),
        text,
      );
      const read = readWrittenState(utf8(changed));
      if (read !== undefined) assert.deepEqual(read, strictly(utf8(changed)));
    }),
    { numRuns: 2000 },
  );
  for (const half of ["\\ud800", "\\uDFFF", "\\ud83d\\ude00"]) {
    for (const member of ['"job_id": "', '"summary": "', '"checkpoint_id": "', '"reason": "']) {
      assert.equal(readWrittenState(utf8(text.replace(member, member + half))), undefined, member + half);
    }
  }
});

Deno.test("encodeState() gives the same bytes whatever was encoded before", async () => {
  const job = jobStage();
  const { state: empty } = await job.submit({ actor: "mia" });
  const { state: one } = await job.checkpoint("plan");
  await job.approve();
  const approved = (await job.read()).state;
  const text = fc.string({ unit: "binary" }).map((text) => text.toWellFormed());
  fc.assert(fc.property(
    fc.constantFrom(empty, approved),
    fc.array(fc.array(fc.record({ summary: text, actor: text }), { maxLength: 4 }), { maxLength: 5 }),
    (start, rounds) => {
      let previous: JobState | undefined;
      let state = { ...start };
      for (const added of rounds) {
        assert.equal(decodeUtf8(encodeState(state, previous)), whole(state));
        previous = state;
        const items = added.map((item) => ({ ...one.checkpoints[0]!, ...item }));
        state = { ...state, revision: state.revision + 1, checkpoints: [...state.checkpoints, ...items] };
      }
      const [, ...others] = state.checkpoints;
      const other = { ...state, checkpoints: others };
      assert.equal(decodeUtf8(encodeState(other, previous)), whole(other));
    },
  ));
});

Deno.test("encodeState() copies the checkpoints of a state that was read", async () => {
  const state = await sample();
  const more = (now: JobState) => ({ ...now, checkpoints: [...now.checkpoints, state.checkpoints[0]!] });
  fc.assert(fc.property(
    fc.array(fc.record({ summary: fc.string({ unit: "binary" }), actor: fc.string() })),
    fc.boolean(),
    (items, isOurs) => {
      const checkpoints = items.map(({ summary, actor }) => ({
        ...state.checkpoints[0]!,
        summary: summary.toWellFormed(),
        actor,
      }));
      const text = whole({ ...state, checkpoints });
      const bytes = utf8(isOurs ? text : text.replaceAll('\n      "actor"', '\n       "actor"'));
      const read = readWrittenState(bytes) ?? strictly(bytes);
      for (const next of [read, more(read), { ...more(more(read)), approvals: [] }]) {
        assert.equal(decodeUtf8(encodeState(next, read)), whole(next));
      }
    },
  ));
});

Deno.test("withLogDigest() gives what the state with that member gives, for new states and those that were read", async () => {
  const job = jobStage();
  const { state: submitted } = await job.submit();
  const digest = await sha256("log");
  for (const read of [submitted, await sample(), strictly(encodeState(await sample()))]) {
    const { log_digest: _, ...unlinked } = read;
    for (const state of [read, unlinked]) {
      const encoded = encodeState({ ...state, log_digest: undefined });
      assert.equal(decodeUtf8(withLogDigest(encoded, digest)), whole({ ...state, log_digest: digest }));
    }
  }
});
