import { displayPath } from "../../formats/path.ts";
import type { JsonObject, JsonValue } from "../../formats/json/mod.ts";
import type { InitReport, RunReport } from "../../regress/mod.ts";
import { compact } from "../outcome.ts";
import { bad, dim, good, type Line, line, MAX_WIDTH, nextLines, warn } from "../text.ts";
import { largest } from "../../formats/lists.ts";

/** A new fixture as JSON (spec/regress.md 1.3). */
export function encodeInit(report: InitReport): JsonObject {
  return {
    run_id: report.runId,
    fixture_name: report.name,
    fixture_dir: report.folder,
    runpack_path: report.runpack,
    config_path: report.config,
    ...compact({ warnings: report.warnings }),
  };
}

/** A new fixture for people. */
export function describeInit(report: InitReport): Line[] {
  const calls = report.expectations.expected_tool_sequence;
  return [
    line(good("fixture made"), `: ${report.name}`),
    line(dim("  run      "), report.runId),
    line(dim("  folder   "), displayPath(report.folder)),
    line(dim("  expects  "), Array.isArray(calls) ? `${calls.length} tool calls, in order` : "no tool calls"),
    line(dim("  config   "), displayPath(report.config)),
    ...report.warnings.map((warning) => line(dim("  note     "), warn(warning))),
  ];
}

/** A run of the regressions as JSON (spec/regress.md 1.5), without `ok`. */
export function encodeRun(report: RunReport): JsonObject {
  return {
    status: report.status,
    ...compact({
      failed: report.failed,
      top_failure_reason: report.topFailureReason,
      next_command: report.nextCommand,
      junit: report.junit,
    }),
    artifact_paths: [report.output, report.junit].map((path) => path.trim()).filter((path) => path !== ""),
    output: report.output,
  };
}

/** A run of the regressions for people: one line a grader, and what the failed ones found. */
export function describeRun(report: RunReport): Line[] {
  const { graders, fixture_set: set } = report.result;
  const width = Math.min(MAX_WIDTH, largest(graders.map((grader) => grader.name.length)));
  return [
    report.status === "pass"
      ? line(good("regress pass"), `: ${graders.length} graders`, dim(`  set ${set}`))
      : line(
        bad("regress fail"),
        `: ${report.failed} of ${graders.length} graders failed`,
        dim(`  set ${set}`),
      ),
    ...graders.flatMap(({ name, status, reason_codes, details }) => {
      const codes = reason_codes.join(", ");
      const padded = `  ${name.padEnd(width)}  `;
      return status === "pass"
        ? [line(padded, good("pass"), dim(codes && `  ${codes}`))]
        : [line(padded, bad("fail"), `  ${codes}`), ...describeFinding(details ?? {})];
    }),
    line(dim("result: "), displayPath(report.output)),
    ...(report.junit === "" ? [] : [line(dim("junit:  "), displayPath(report.junit))]),
    ...nextLines(report.nextCommand === undefined ? [] : [report.nextCommand]),
  ];
}

/** Changed calls that are shown to people; the result has more. */
const SHOWN_CALLS = 5;

/** What a failed grader found, in a few lines. */
function describeFinding(details: JsonObject): Line[] {
  const found: string[] = [];
  for (const kind of ["tool", "verdict"]) {
    const index = details[`${kind}_sequence_mismatch_index`];
    if (typeof index !== "number") continue;
    const expected = details[`${kind}_sequence_expected_at_mismatch`];
    found.push(
      `${kind} ${index + 1}: expected ${expected}, got ${details[`${kind}_sequence_actual_at_mismatch`]}`,
    );
  }
  const calls = listOf(details.changed_calls);
  for (const call of calls.slice(0, SHOWN_CALLS)) {
    const { call: place, changes, tool_name: tool } = call as JsonObject;
    found.push(`call ${place} ${tool}: ${listOf(changes!).join(", ")}`);
  }
  const more = Number(details.changed_calls_total ?? 0) - Math.min(calls.length, SHOWN_CALLS);
  if (more > 0) found.push(`… and ${more} more calls`);
  if (calls.length === 0 && details.unexpected_files) {
    found.push(`changed: ${listOf(details.unexpected_files).join(", ")}`);
  }
  const missing = listOf(details.missing_results);
  if (missing.length > 0) {
    found.push(`no result and no stand-in for: ${missing.slice(0, SHOWN_CALLS).join(", ")}`);
  }
  if (typeof details.error === "string") found.push(details.error);
  return found.map((text) => line("      ", dim(text)));
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
