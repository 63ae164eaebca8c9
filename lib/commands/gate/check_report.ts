import type { JsonObject } from "../../formats/json/mod.ts";
import { set } from "../../formats/text.ts";
import { type CheckRow, countVerdicts, verdictOf } from "../../gate/check_many.ts";
import { compact } from "../outcome.ts";
import { bad, columns, dim, type Line, line, MAX_WIDTH, type Span, warn } from "../text.ts";
import { verdictSpan } from "./report.ts";
import { largest } from "../../formats/lists.ts";

/** Checked calls as JSON (docs/spec/gate.md 6.4). */
export function encodeChecks(rows: readonly CheckRow[], warnings: readonly string[]): JsonObject {
  return {
    total: rows.length,
    verdicts: { ...countVerdicts(rows) },
    calls: rows.map(encodeRow),
    ...compact({
      unreadable: rows.flatMap((row) => verdictOf(row) === undefined ? [row.name] : []),
      warnings: [...warnings],
    }),
  };
}

function encodeRow(row: CheckRow): JsonObject {
  const { name: intent } = row;
  if ("error" in row) {
    const { code, message, hint } = row.error;
    return { intent, ...compact({ verdict: verdictOf(row), error_code: code, error: message, hint }) };
  }
  const { toolName, outcome, matchedRule, intentDigest, limited, warnings } = row.call;
  return {
    intent,
    tool_name: toolName,
    verdict: outcome.verdict,
    reason_codes: [...outcome.reasonCodes],
    violations: [...outcome.violations],
    matched_rule: matchedRule,
    intent_digest: intentDigest,
    ...compact({ limits_not_counted: limited, warnings: set(warnings) }),
  };
}

/** Checked calls as a table. */
export function checkLines(rows: readonly CheckRow[], warnings: readonly string[]): Line[] {
  const counts = Object.entries(countVerdicts(rows)).map(([verdict, count]) => `${count} ${verdict}`);
  const unread = rows.filter((row) => verdictOf(row) === undefined).length;
  const width = (texts: readonly string[]) => Math.min(MAX_WIDTH, largest(texts.map((text) => text.length)));
  const cells = rows.map(cellsOf);
  const widths = [0, 1, 2, 3].map((at) => width(cells.map((cell) => cell[at]!.text)));
  const limited = rows.some((row) => "call" in row && row.call.limited);
  return [
    line(
      `${rows.length} ${rows.length === 1 ? "intent" : "intents"}: `,
      [...counts, ...(unread > 0 ? [`${unread} unreadable`] : [])].join(", "),
    ),
    ...cells.map(([name, tool, verdict, rule, why]) =>
      line(
        "  ",
        ...[name, tool, verdict, rule].flatMap((cell, at): Span[] => [
          cell,
          { text: " ".repeat(Math.max(0, widths[at]! - cell.text.length) + 2) },
        ]),
        why,
      )
    ),
    ...(limited ? [line(dim("Rate limits and budgets were not counted."))] : []),
    ...columns(warnings.map((warning) => [warn("warning"), warning])),
  ];
}

type Cells = readonly [Span, Span, Span, Span, Span];

function cellsOf(row: CheckRow): Cells {
  const plain = (text: string): Span => ({ text });
  if ("error" in row) {
    const shown = verdictOf(row);
    return [
      plain(row.name),
      plain("-"),
      shown ? verdictSpan(shown) : bad("unreadable"),
      dim("-"),
      plain(row.error.message),
    ];
  }
  const { toolName, outcome, matchedRule } = row.call;
  return [
    plain(row.name),
    plain(toolName),
    verdictSpan(outcome.verdict),
    dim(matchedRule || "no rule"),
    plain([...outcome.reasonCodes].join(", ")),
  ];
}
