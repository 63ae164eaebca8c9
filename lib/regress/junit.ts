import type { OutputRules } from "../effects/mod.ts";
import { decodeUtf8, utf8 } from "../formats/bytes.ts";
import type { GraderResult, RegressResult } from "../schema/regress.ts";
import { failedGraders } from "./result.ts";

/**
 * Encode a result as a JUnit report, byte for byte as in docs/spec/regress.md 1.5.
 *
 * @param jenkins leave out the attribute `skipped` of `<testsuites>`, which the recorded reports have and the schema of
 * Jenkins (`junit-10.xsd`) lacks: plugins that validate throw away a report with one attribute too many
 */
export function encodeJunit(result: RegressResult, jenkins = false): Uint8Array<ArrayBuffer> {
  const tests = `tests="${result.graders.length}" failures="${failedGraders(result).length}" errors="0"`;
  const counts = `${tests} skipped="0" time="0"`;
  const suite = escapeXml(`gait.regress.${result.fixture_set}`);
  return utf8([
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites ${jenkins ? `${tests} time="0"` : counts}>`,
    `  <testsuite name="${suite}" ${counts}>`,
    ...result.graders.flatMap(testCase),
    `  </testsuite>`,
    `</testsuites>`,
    "",
  ].join("\n"));
}

/** A report may replace only an older report, which can be produced again. */
export const OLDER_JUNIT: OutputRules = {
  older: (held) =>
    held.length > 0 && /^(?:<\?xml[^>]*>)?\s*<testsuites[\s>]/.test(decodeUtf8(held.subarray(0, 512))),
  olderGoes: "away",
  hint: "Give the report another name: the existing file is not a JUnit report",
};

function testCase({ name, status, reason_codes }: GraderResult): string[] {
  const slash = name.indexOf("/");
  const fixture = escapeXml(name.slice(0, slash));
  const open = `    <testcase name="${escapeXml(name.slice(slash + 1))}" classname="${fixture}" time="0">`;
  if (status === "pass") return [`${open}</testcase>`];
  const codes = escapeXml(reason_codes.join(",") || "failed");
  return [
    open,
    `      <failure message="${codes}" type="regress_failure">${codes}</failure>`,
    `    </testcase>`,
  ];
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\t": "&#x9;",
  "\n": "&#xA;",
  "\r": "&#xD;",
};

/**
 * Escape text for attributes and elements. Characters that XML does not allow become U+FFFD, so that the report
 * always parses. C1 controls, which XML allows but terminals interpret, become numeric references.
 */
export function escapeXml(text: string): string {
  return text.toWellFormed().replace(
    // deno-lint-ignore no-control-regex
    /["'&<>\x00-\x1f\x80-\x9f\ufffe\uffff]/g,
    (char) =>
      ESCAPES[char] ?? (/[\x80-\x9f]/.test(char) ? `&#x${char.charCodeAt(0).toString(16)};` : "\ufffd"),
  );
}
