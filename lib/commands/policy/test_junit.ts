import { utf8 } from "../../formats/bytes.ts";
import type { FixtureReport, FixtureResult } from "../../evaluate/fixtures/run.ts";
import { escapeXml } from "../../regress/junit.ts";

/**
 * A JUnit report of policy fixtures: one suite per policy, one test case per fixture.
 *
 * It uses only what the schema of Jenkins (`junit-10.xsd`) allows: `skipped` belongs to a suite, not to all of them,
 * and validating plugins reject a report with an unknown attribute.
 */
export function encodePolicyJunit(
  policy: string,
  { results, failed }: FixtureReport,
): Uint8Array<ArrayBuffer> {
  const counts = `tests="${results.length}" failures="${failed}" errors="0"`;
  return utf8([
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites ${counts} time="0">`,
    `  <testsuite name="gait.policy" ${counts} skipped="0" time="0">`,
    ...results.flatMap((result) => testCase(escapeXml(policy), result)),
    `  </testsuite>`,
    `</testsuites>`,
    "",
  ].join("\n"));
}

function testCase(policy: string, { name, problems }: FixtureResult): string[] {
  const open = `    <testcase name="${escapeXml(name)}" classname="${policy}" time="0">`;
  if (problems.length === 0) return [`${open}</testcase>`];
  const found = escapeXml(problems.join("; "));
  return [
    open,
    `      <failure message="${found}" type="policy_expectation">${found}</failure>`,
    `    </testcase>`,
  ];
}
