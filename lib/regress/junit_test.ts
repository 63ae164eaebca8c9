import { ZERO_TIME } from "../formats/time.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseTime } from "../formats/time.ts";
import type { GraderResult } from "../schema/regress.ts";
import { encodeJunit, escapeXml } from "./junit.ts";
import { assembleResult } from "./result.ts";

const HEAD = { createdAt: parseTime("2026-01-01T00:00:00Z"), version: "1.0.0", fixtureSet: `a"b` };
const grader = (name: string, ...reason_codes: string[]): GraderResult => ({
  name,
  status: name.endsWith("bad") ? "fail" : "pass",
  reason_codes,
});
const junit = (...graders: GraderResult[]) =>
  new TextDecoder().decode(encodeJunit(assembleResult(HEAD, graders)));

Deno.test("encodeJunit() gives exactly the bytes of the contract", () => {
  assert.equal(
    junit(grader("f/good", "fine"), grader("f/bad", "x", "y"), grader("g/h/bad")),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="2" errors="0" skipped="0" time="0">
  <testsuite name="gait.regress.a&#34;b" tests="3" failures="2" errors="0" skipped="0" time="0">
    <testcase name="bad" classname="f" time="0">
      <failure message="x,y" type="regress_failure">x,y</failure>
    </testcase>
    <testcase name="good" classname="f" time="0"></testcase>
    <testcase name="h/bad" classname="g" time="0">
      <failure message="failed" type="regress_failure">failed</failure>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
});

Deno.test("escapeXml() escapes as the contract says", () => {
  assert.equal(escapeXml(`"'&<>`), "&#34;&#39;&amp;&lt;&gt;");
  assert.equal(escapeXml("\t\n\r"), "&#x9;&#xA;&#xD;");
  assert.equal(escapeXml("\x00\x0b\x1f\ufffe\uffff\ud800"), "\ufffd".repeat(6));
  assert.equal(escapeXml("\x80\x85\x9f"), "&#x80;&#x85;&#x9f;");
  assert.equal(escapeXml("ä\u{1f600}\x7f\ufffd/]]"), "ä\u{1f600}\x7f\ufffd/]]");
});

Deno.test("escapeXml() leaves nothing that XML does not allow, and loses nothing that it does", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(fc.property(text, (text) => {
    const escaped = escapeXml(text);
    assert.doesNotMatch(escaped, /[<>"']/);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(escaped, /[\x00-\x1f\x80-\x9f\ufffe\uffff]/);
    assert.ok(escaped.isWellFormed());
    assert.doesNotMatch(escaped, /&(?!(amp|lt|gt|#34|#39|#x9|#xA|#xD|#x[89][0-9a-f]);)/);
    assert.equal(
      unescape(escaped),
      text.toWellFormed().replace(
        // deno-lint-ignore no-control-regex
        /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g,
        "\ufffd",
      ),
    );
  }));
});

/** What an XML parser makes of the escapes. */
function unescape(text: string): string {
  const named: Record<string, string> = { amp: "&", lt: "<", gt: ">" };
  return text.replace(/&([^;]+);/g, (_, name: string) =>
    named[name] ??
      String.fromCodePoint(name.startsWith("#x") ? parseInt(name.slice(2), 16) : Number(name.slice(1))));
}

Deno.test("encodeJunit() has one case a grader and counts failures, whatever the names", () => {
  const graders = fc.array(
    fc.record({
      name: fc.tuple(fc.string(), fc.string()).map(([a, b]) => `${a.replaceAll("/", "")}/${b}`),
      status: fc.constantFrom("pass" as const, "fail" as const),
      reason_codes: fc.array(fc.string()),
    }),
    { maxLength: 8 },
  );
  fc.assert(fc.property(graders, (graders) => {
    const xml = junit(...graders);
    const failures = graders.filter((grader) => grader.status === "fail").length;
    assert.equal(xml.match(/<testcase /g)?.length ?? 0, graders.length);
    assert.equal(xml.match(/<failure /g)?.length ?? 0, failures);
    assert.equal(xml.match(new RegExp(`tests="${graders.length}" failures="${failures}" `, "g"))!.length, 2);
  }));
});

Deno.test("encodeJunit() for Jenkins has no attribute that its schema lacks, and is the same otherwise", () => {
  const result = {
    schema_id: "gait.regress.result" as const,
    schema_version: "1.0.0" as const,
    created_at: ZERO_TIME,
    producer_version: "1",
    fixture_set: "s",
    status: "fail" as const,
    graders: [{ name: "f/diff", status: "fail" as const, reason_codes: ["x"] }],
  };
  const [plain, jenkins] = [encodeJunit(result), encodeJunit(result, true)].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  const [, attributes] = /<testsuites ([^>]*)>/.exec(jenkins!)!;
  assert.deepEqual(attributes!.match(/[a-z]+(?==)/g), ["tests", "failures", "errors", "time"]);
  assert.equal(plain!.replace(' skipped="0"', ""), jenkins);
});
