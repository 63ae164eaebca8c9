import assert from "node:assert/strict";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { decodeUtf8, utf8 } from "../../formats/bytes.ts";
import type { Answer } from "../answer.ts";

import { answerLine, errorLine, reportLine, serveStream, type StreamGate } from "./serve.ts";

type Gate = StreamGate;

const report = () => Promise.reject(new Error("nothing is recorded"));

/** An answer as far as a line of the stream shows it. */
function anAnswer(matchedRule: string): Answer {
  const outcome = { verdict: "allow", reasonCodes: [], violations: [] };
  const decision = { outcome, evaluation: { matchedRule }, warnings: [] };
  return { decision, exit: 0, paths: { trace: "" } } as unknown as Answer;
}

const nameOf = ({ intent }: Parameters<Gate["decide"]>[0]) =>
  String((intent as { tool_name: string }).tool_name);
const LIMITS = { maxLineBytes: 100, maxInFlight: 4 };
const line = (name: string) => utf8(`{"tool_name":"${name}"}\n`);

const turn = () => Promise.resolve();
const stop = () => {};

async function* from(...pieces: Uint8Array[]) {
  yield* pieces;
}

/** Serve and give back the answers. */
async function serve(gate: Gate, input: AsyncIterable<Uint8Array>, stopped = false) {
  let out = "";
  const write = (bytes: Uint8Array) => Promise.resolve(void (out += decodeUtf8(bytes)));
  const answered = await serveStream(gate, { input, write, turn, stop, stopped: () => stopped }, LIMITS);
  const lines = out.split("\n").slice(0, -1).map((text) => JSON.parse(text));
  assert.equal(answered, lines.length);
  return lines;
}

Deno.test("serveStream() answers in the order of the lines, whichever decision is ready first", async () => {
  const open = new Map<string, (answer: Answer) => void>();
  const gate: Gate = {
    report,
    decide: (call) => {
      const decided = new Promise<Answer>((resolve) => open.set(nameOf(call), resolve));
      // The last one that is accepted lets them all go, the latest first.
      if (open.size === 4) { for (const [name, go] of [...open].reverse()) go(anAnswer(name)); }
      return decided;
    },
  };
  const lines = await serve(gate, from(...["a", "b", "c", "d"].map(line)));
  assert.deepEqual(lines.map(({ id, matched_rule }) => [id, matched_rule]), [[1, "a"], [2, "b"], [3, "c"], [
    4,
    "d",
  ]]);
});

Deno.test("serveStream() answers what can't be decided with a block and goes on", async () => {
  const gate: Gate = {
    report,
    decide(call) {
      switch (nameOf(call)) {
        case "defect":
          return Promise.reject(new Error("boom"));
        case "disk":
          return Promise.reject(new GaitError("io_failure", "No space"));
        case "bad":
          return Promise.reject(invalidInput("No"));
        default:
          return Promise.resolve(anAnswer("fine"));
      }
    },
  };
  const input = from(
    line("defect"),
    line("disk"),
    line("bad"),
    utf8("junk\n"),
    utf8("x".repeat(101) + "\n"),
    utf8(" \r\n"),
    line("good"),
  );
  const lines = await serve(gate, input);
  assert.deepEqual(
    lines.map(({ id, ok, verdict, exit_code, error_code }) => [id, ok, verdict, exit_code, error_code]),
    [
      [1, false, "block", 1, "internal_failure"],
      [2, false, "block", 1, "io_failure"],
      [3, false, "block", 6, "invalid_input"],
      [4, false, "block", 6, "invalid_input"],
      [5, false, "block", 6, "invalid_input"],
      [7, true, "allow", 0, undefined],
    ],
  );
});

Deno.test("serveStream() accepts no more lines than may be in flight", async () => {
  let [accepted, most, answered] = [0, 0, 0];
  const gate: Gate = {
    report,
    decide: () => {
      most = Math.max(most, ++accepted - answered);
      return Promise.resolve(anAnswer("r"));
    },
  };
  const write = async (bytes: Uint8Array) => {
    // A reader that is slower than everything else.
    for (let i = 0; i < 50; i++) await Promise.resolve();
    answered += decodeUtf8(bytes).split("\n").length - 1;
  };
  const all = Array.from({ length: 40 }, (_, i) => line(`t${i}`));
  await serveStream(gate, { input: from(...all), write, turn, stop, stopped: () => false }, LIMITS);
  assert.deepEqual([answered, most <= LIMITS.maxInFlight], [40, true], `${most} in flight`);
});

Deno.test("serveStream() takes a last line without newline only when the input ended by itself", async () => {
  const gate: Gate = { report, decide: () => Promise.resolve(anAnswer("r")) };
  const input = () => from(line("a"), utf8('{"tool_name":"b"}'));
  assert.equal((await serve(gate, input())).length, 2);
  assert.equal((await serve(gate, input(), true)).length, 1);
});

Deno.test("serveStream() ends with an error when nobody reads its answers", async () => {
  const gate: Gate = { report, decide: () => Promise.resolve(anAnswer("r")) };
  const write = () => Promise.reject(new GaitError("io_failure", "Nobody reads"));
  // The input goes on for ever, as that of a process whose partner lives but has closed the one end.
  let end = () => {};
  const ended = new Promise<void>((resolve) => end = resolve);
  async function* input() {
    yield line("a");
    await ended;
  }
  await assert.rejects(
    serveStream(gate, { input: input(), write, turn, stop: () => end(), stopped: () => false }, LIMITS),
    (error) => error instanceof GaitError && error.code === "io_failure",
  );
});

Deno.test("serveStream() answers what it accepted before the input broke", async () => {
  let decided = () => {};
  const gate: Gate = {
    report,
    decide: () => new Promise((resolve) => decided = () => resolve(anAnswer("r"))),
  };
  async function* input() {
    yield line("a");
    queueMicrotask(() => decided());
    throw new GaitError("io_failure", "Cannot read");
  }
  let out = "";
  const write = (bytes: Uint8Array) => Promise.resolve(void (out += decodeUtf8(bytes)));
  await assert.rejects(
    serveStream(gate, { input: input(), write, turn, stop, stopped: () => false }, LIMITS),
    (error) => error instanceof GaitError && error.code === "io_failure",
  );
  assert.equal(JSON.parse(out).verdict, "allow");
});

Deno.test("no answer holds an invisible character raw, and each says the same", () => {
  const unseen = "a\u202e\u009b\u{e0001}\u200bb\u2028";
  const answers = [
    answerLine(unseen, anAnswer(unseen)),
    reportLine(unseen, { callId: unseen, withoutAllow: true }),
    errorLine(unseen, invalidInput(unseen)),
  ];
  for (const answer of answers) {
    assert.match(answer, /^[\x20-\x7e]*$/);
    assert.equal(JSON.parse(answer).id, unseen);
  }
});
