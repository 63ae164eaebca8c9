import assert from "node:assert/strict";
import fc from "fast-check";
import { GaitError } from "../errors/mod.ts";
import { decodeUtf8 } from "../formats/bytes.ts";
import { type JsonObject, readJson } from "../formats/json/mod.ts";
import { parseTime } from "../formats/time.ts";
import { decode } from "../schema/fields.ts";
import { type JobEvent, jobEventSchema } from "../schema/job.ts";
import { eventLine } from "./event_log.ts";
import { readWrittenEvent } from "./written_event.ts";

const digest = "0123456789abcdef".repeat(4);

const EVENT: JobEvent = {
  schema_id: "gait.job.event",
  schema_version: "1.0.0",
  created_at: parseTime("2026-01-02T03:04:05.5Z"),
  job_id: "job-1",
  revision: 7,
  type: "checkpoint_added",
  actor: "mia",
  reason_code: "checkpoint_progress",
  payload: { checkpoint_id: "cp_0001", line_end: 12, required_action: "" },
  prev_digest: digest,
  state_digest: digest,
};

const lineOf = (event: JobEvent) => decodeUtf8(eventLine(event));

/** What the strict reader takes a line for; `undefined` when it refuses it. */
function strictly(line: string): JobEvent | undefined {
  try {
    return decode(jobEventSchema, readJson(line, { what: "e", numbers: "exact" }), "e");
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}

const mostly = (usual: string, any: fc.Arbitrary<string>) =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 4 }, any);

const events = fc.record({
  created_at: fc.constantFrom("2026-11-29T10:00:00Z", "2024-02-29T00:00:00.5Z").map(parseTime),
  job_id: mostly("job-1", fc.string()),
  revision: fc.nat(),
  actor: mostly("", fc.string({ unit: "binary" }).map((text) => text.toWellFormed())),
  reason_code: mostly("resumed", fc.string()),
  payload: fc.oneof(
    fc.constantFrom(undefined, EVENT.payload),
    fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })) as fc.Arbitrary<JsonObject>,
  ),
  links: fc.constantFrom({}, { prev_digest: digest }, { prev_digest: digest, state_digest: digest }),
}).map(({ payload, links, ...members }) => {
  const { payload: _, prev_digest: _p, state_digest: _s, ...head } = EVENT;
  return { ...head, ...members, ...(payload && { payload }), ...links };
});

Deno.test("readWrittenEvent() reads a line as the strict reader does, or leaves it to that one", () => {
  assert.deepEqual(readWrittenEvent(lineOf(EVENT)), EVENT);
  let known = 0;
  fc.assert(fc.property(events, (event) => {
    const line = lineOf(event);
    const read = readWrittenEvent(line);
    if (read !== undefined) known++;
    assert.deepEqual(read ?? strictly(line), strictly(line));
  }));
  assert(known > 10);
});

Deno.test("readWrittenEvent() reads nothing otherwise than the strict reader, whatever was put into the line", () => {
  const line = lineOf(EVENT);
  const pieces = [
    ...[
      '"',
      "\\",
      "{",
      "}",
      ",",
      ":",
      "1",
      "1.0",
      "1e2",
      "12345678901234567890",
      "null",
      " ",
      "\u0000",
      "<",
      "é",
    ],
    ...[
      ',"prev_digest":"',
      '"revision":8,',
      ',"actor":""',
      ',"payload":{}',
      '"a":1,"a":2',
      "\\u0061",
      "\\ud800",
    ],
    ...[line, line.slice(0, 120), line.slice(-165)],
  ];
  const place = fc.nat(line.length);
  fc.assert(
    fc.property(place, place, fc.constantFrom(...pieces), (a, b, piece) => {
      const [start, end] = [Math.min(a, b), b % 3 === 0 ? Math.min(a, b) : Math.max(a, b)];
      const edited = line.slice(0, start) + piece + line.slice(end);
      const read = readWrittenEvent(edited);
      if (read !== undefined) assert.deepEqual(read, strictly(edited), edited);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("readWrittenEvent() leaves every other spelling to the strict reader", () => {
  const line = lineOf(EVENT);
  const others = [
    "",
    "{}",
    "[]",
    line + " ",
    line.slice(0, -1),
    line.slice(0, -1) + "]",
    line.replace('"revision":7', '"revision":7.0'),
    line.replace('"revision":7', '"revision":07'),
    line.replace('"revision":7', '"revision":9007199254740993'),
    line.replace('"revision":7', '"revision":7,"revision":8'),
    line.replace('"line_end":12', '"line_end":1.20e1'),
    line.replace('"line_end":12', '"line_end":12,"line_end":13'),
    line.replace('"line_end":12', '"line_end":12345678901234567890'),
    line.replace('"line_end":12', '"line_end": 12'),
    line.replace('"line_end":12', `"line_end":${"[".repeat(60_000)}${"]".repeat(60_000)}`),
    line.replace('"required_action":""', '"required_action":"\\ud800"'),
    line.replace("2026-01-02", "2026-02-30"),
    line.replace("05.5Z", "05.50Z"),
    line.replace('"actor":"mia"', '"actor":""'),
    line.replace('"actor":"mia"', '"actor":null'),
    line.replace('"actor":"mia",', '"actor":"mia","other":"x",'),
    line.replace(',"state_digest"', ',"state":{},"state_digest"'),
    line.replaceAll(digest, digest.toUpperCase()),
  ];
  for (const other of others) assert.equal(readWrittenEvent(other), undefined, other.slice(0, 200));
});
