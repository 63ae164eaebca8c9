import { largest } from "../../formats/lists.ts";
import type { SarifLevel } from "../../formats/sarif.ts";
import type { Coverage } from "../../scout/coverage/cover.ts";
import type { CoverageFinding } from "../../scout/coverage/findings.ts";
import { bad, dim, good, type Line, line, MAX_WIDTH, type Span, warn } from "../text.ts";

/** A one-line summary of tools and rules. */
export function coverageSummary({ tools, idleRules }: Coverage): string {
  const open = tools.filter(({ cover }) => cover === "uncovered").length;
  const idle = idleRules.filter(({ idle }) => idle).length;
  return `tools: ${tools.length}, matched by no rule: ${open}; rules that match no tool: ${idle}`;
}

/** Findings as text lines in the format of compilers: location, level, message. */
export function coverageLines(
  coverage: Coverage,
  findings: readonly CoverageFinding[],
  counts: Readonly<Record<SarifLevel, number>>,
): Line[] {
  const placeOf = ({ path, line }: CoverageFinding) => `${path}:${line}`;
  const width = Math.min(MAX_WIDTH, largest(findings.map((finding) => placeOf(finding).length)));
  return [
    ...findings.map((finding) =>
      line(
        placeOf(finding).padEnd(width),
        "  ",
        levelSpan(finding.level),
        " ".repeat("warning".length - finding.level.length + 2),
        finding.message,
        dim(`  ${finding.id}`),
      )
    ),
    line(
      counts.error > 0 ? bad("scout coverage") : good("scout coverage"),
      `: ${coverageSummary(coverage)}`,
    ),
  ];
}

function levelSpan(level: SarifLevel): Span {
  return level === "error" ? bad(level) : level === "warning" ? warn(level) : dim(level);
}
