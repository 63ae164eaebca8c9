import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, utf8 } from "../formats/bytes.ts";
import { KEPT_OUTPUT, MAX_REFERENCES, ReferenceCollector } from "./references.ts";

function collect(stdout: string | Uint8Array, stderr = "") {
  const collector = new ReferenceCollector();
  collector.take("stdout", typeof stdout === "string" ? utf8(stdout) : stdout);
  collector.take("stderr", utf8(stderr));
  return collector.end();
}

Deno.test("ReferenceCollector collects lines of both streams, trimmed, unique and sorted", () => {
  const printed = collect(
    "  trace_path=b.json \r\n\ttrace_path=  a.json\ntrace_path=\nsee trace_path=c\nTRACE_PATH=d\nrunpack_path=r.zip",
    'trace_path=a.json\n{"trace_path":"e.json"}\n',
  );
  assert.deepEqual(printed.tracePaths, ["a.json", "b.json"]);
  assert.deepEqual(printed.runpackPaths, ["r.zip"]);
  assert.deepEqual([printed.tooMany, printed.truncated], [false, []]);
});

Deno.test("ReferenceCollector finds the same however the output is cut", () => {
  const line = fc.constantFrom("trace_path=a\n", " trace_path=ü.json\r\n", "noise\n", "\n", "runpack_path=z");
  fc.assert(fc.property(fc.array(line), fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (lines, sizes) => {
    const whole = utf8(lines.join(""));
    const collector = new ReferenceCollector();
    for (let at = 0; at < whole.length;) {
      const size = sizes.next().value!;
      collector.take("stdout", whole.subarray(at, at + size));
      at += size;
    }
    assert.deepEqual(collector.end(), collect(whole));
  }));
});

Deno.test("ReferenceCollector finds a line behind the output that is kept", () => {
  const noise = new Uint8Array(KEPT_OUTPUT + 10).fill(0x61);
  const printed = collect(concat([noise, utf8("\ntrace_path=late.json")]));
  assert.deepEqual(printed.tracePaths, ["late.json"]);
  assert.deepEqual([printed.stdout.length, printed.truncated], [KEPT_OUTPUT, ["stdout"]]);
});

Deno.test("ReferenceCollector reports when there are too many", () => {
  const lines = Array.from({ length: MAX_REFERENCES + 1 }, (_, i) => `trace_path=${i}\n`).join("");
  const printed = collect(lines);
  assert.deepEqual([printed.tracePaths.length, printed.tooMany], [MAX_REFERENCES, true]);
});
