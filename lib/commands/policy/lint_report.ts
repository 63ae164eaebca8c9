import type { JsonObject } from "../../formats/json/mod.ts";
import type { Level } from "../../lint/catalogue.ts";
import type { Finding } from "../../lint/subject.ts";
import { compact } from "../outcome.ts";
import { bad, dim, good, type Line, line, type Span, warn } from "../text.ts";
import { largest } from "../../formats/lists.ts";

/** A finding as JSON. */
export function encodeFinding({ ruleId, level, message, hint, line, column, ruleName }: Finding): JsonObject {
  return { rule_id: ruleId, level, message, hint, line, column, ...compact({ rule_name: ruleName }) };
}

/** A finding as one line. */
export function oneLine(file: string, { ruleId, message, line, column, ruleName }: Finding): string {
  const rule = ruleName === undefined ? "" : `rule "${ruleName}": `;
  return `${file}:${line}:${column} ${ruleId}: ${rule}${message}`;
}

/** The number of findings in words. */
export function lintSummary(counts: Readonly<Record<Level, number>>): string {
  const words = (["error", "warning", "note"] as const)
    .filter((level) => counts[level] > 0)
    .map((level) => `${counts[level]} ${level}${counts[level] === 1 ? "" : "s"}`);
  return words.length === 0 ? "no findings" : words.join(", ");
}

/** Findings for people, as compilers print them: position, level, rule, message; the hint below. */
export function findingLines(
  file: string,
  findings: readonly Finding[],
  counts: Readonly<Record<Level, number>>,
  ignored = 0,
): Line[] {
  const placeOf = ({ line, column }: Finding) => `${file}:${line}:${column}`;
  const width = largest(findings.map((finding) => placeOf(finding).length));
  const idWidth = largest(findings.map(({ ruleId }) => ruleId.length));
  const indent = " ".repeat(width + LEVEL_WIDTH + 4);
  return [
    ...findings.flatMap((finding) => [
      line(
        placeOf(finding).padEnd(width),
        "  ",
        levelSpan(finding.level),
        " ".repeat(LEVEL_WIDTH - finding.level.length + 2),
        dim(finding.ruleId.padEnd(idWidth)),
        finding.ruleName === undefined ? "  " : `  ${finding.ruleName}: `,
        finding.message,
      ),
      line(indent, dim(`hint: ${finding.hint}`)),
    ]),
    line(
      counts.error > 0 ? bad("policy lint") : good("policy lint"),
      `: ${file}: ${lintSummary(counts)}`,
      dim(ignored > 0 ? ` (${ignored} ignored by comments)` : ""),
    ),
  ];
}

const LEVEL_WIDTH = "warning".length;

function levelSpan(level: Level): Span {
  return level === "error" ? bad(level) : level === "warning" ? warn(level) : dim(level);
}
