import { displayPath } from "../../formats/path.ts";
import type { JsonObject, JsonValue } from "../../formats/json/mod.ts";
import { type InitReport, type RecordedBehaviour, type RunReport, splitName } from "../../regress/mod.ts";
import { compact } from "../outcome.ts";
import { annotationLines, encodeAnnotations } from "./annotations.ts";
import { describeDrift, encodeDrift } from "./drift_lines.ts";
import { bad, dim, good, type Line, line, MAX_WIDTH, nextLines, warn } from "../text.ts";
import { largest } from "../../formats/lists.ts";

/** Encode a new fixture as JSON (docs/spec/regress.md 1.3). */
export function encodeInit(report: InitReport): JsonObject {
  return {
    run_id: report.runId,
    fixture_name: report.name,
    fixture_dir: report.folder,
    runpack_path: report.runpack,
    config_path: report.config,
    ...(report.recorded ? { recorded: encodeRecorded(report.recorded) } : {}),
    ...rulesOf(report.expectations),
    ...compact({ warnings: report.warnings }),
  };
}

function encodeRecorded({ tools, verdicts, failed, unanswered }: RecordedBehaviour): JsonObject {
  return { tool_calls: tools.length, tools: [...tools], verdicts, errors: failed.length, unanswered };
}

function rulesOf({ never_tools: never, must_tools: must }: JsonObject): JsonObject {
  return { ...(never === undefined ? {} : { never }), ...(must === undefined ? {} : { must }) };
}

/** Describe a new fixture as text: its source, and its expectations. */
export function describeInit(report: InitReport): Line[] {
  const { recorded, expectations } = report;
  const calls = expectations.expected_tool_sequence;
  const rules = rulesOf(expectations);
  return [
    line(good("fixture made"), `: ${report.name}`),
    line(dim("  run      "), report.runId),
    line(dim("  folder   "), displayPath(report.folder)),
    ...(recorded ? [line(dim("  recorded "), describeRecorded(recorded))] : []),
    line(dim("  expects  "), expectation(calls, rules)),
    ...Object.entries(rules).map(([name, tools]) =>
      line(dim(`  ${name.padEnd(9)}`), (tools as string[]).join(", "))
    ),
    line(dim("  config   "), displayPath(report.config)),
    ...report.warnings.map((warning) => line(dim("  note     "), warn(warning))),
  ];
}

const MAX_TOOLS = 12;

function describeRecorded({ tools, verdicts, unanswered }: RecordedBehaviour): string {
  const shown = tools.slice(0, MAX_TOOLS).join(", ") + (tools.length > MAX_TOOLS ? ", …" : "");
  const counts = Object.entries(verdicts).map(([verdict, count]) => `${count} ${verdict}`);
  const all = [...counts, ...(unanswered > 0 ? [`${unanswered} without result`] : [])].join(", ");
  return tools.length === 0 ? "no tool calls" : `${callsIn(tools)}: ${shown} (${all})`;
}

const callsIn = ({ length }: readonly unknown[]) => length === 1 ? "1 tool call" : `${length} tool calls`;

function expectation(calls: JsonValue | undefined, rules: JsonObject): string {
  if (Array.isArray(calls)) return `${callsIn(calls)}, in order, with the verdicts recorded`;
  return Object.keys(rules).length > 0 ? "only that the rules are kept" : "no tool calls";
}

/** A note about fixtures that were compared only with themselves. */
function selfNote({ comparedWithItself: names, result }: RunReport): string[] {
  if (names.length === 0) return [];
  const all =
    new Set(result.graders.map(({ name }) => name.slice(0, name.indexOf("/")))).size === names.length;
  const which = all
    ? "every fixture was compared with itself"
    : names.length === 1
    ? `${names[0]} was compared with itself`
    : `${names.slice(0, -1).join(", ")} and ${names.at(-1)} were compared with themselves`;
  return [`${which}, so no new run was tested; give --candidate <run_id|path>`];
}

/** Encode a run of the regressions as JSON (docs/spec/regress.md 1.5), without `ok`. */
export function encodeRun(report: RunReport, github = false): JsonObject {
  return {
    status: report.status,
    ...compact({
      failed: report.failed,
      top_failure_reason: report.topFailureReason,
      next_command: report.nextCommand,
      junit: report.junit,
      sarif: report.sarif,
      drift: report.drift.map(encodeDrift),
      accepted: report.accepted,
      annotations: github ? encodeAnnotations(report) : [],
    }),
    artifact_paths: [report.output, report.junit, report.sarif].filter((path) => path !== undefined)
      .map((path) => path.trim()),
    output: report.output,
    ...compact({ compared_with_itself: report.comparedWithItself, notes: selfNote(report) }),
  };
}

/** Describe a run of the regressions as text: one line for each grader, and the findings of failed ones. */
export function describeRun(report: RunReport, github = false): Line[] {
  const { graders, fixture_set: set } = report.result;
  const width = Math.min(MAX_WIDTH, largest(graders.map((grader) => grader.name.length)));
  const drifted = new Set(report.drift.map(({ fixture }) => fixture));
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
      const words = [codes, tally(details)].filter(Boolean).join("  ");
      return status === "pass" ? [line(padded, good("pass"), dim(words && `  ${words}`))] : [
        line(padded, bad("fail"), `  ${words}`),
        ...describeFinding(details ?? {}, drifted.has(splitName(name).fixture)),
      ];
    }),
    ...report.drift.flatMap(describeDrift),
    ...report.accepted.map((name) => line(good("accepted"), `: ${name} expects what its candidate did`)),
    ...(github ? annotationLines(report) : []),
    ...selfNote(report).map((text) => line(warn(`note: ${text}`))),
    line(dim("result: "), displayPath(report.output)),
    ...(report.junit === undefined ? [] : [line(dim("junit:  "), displayPath(report.junit))]),
    ...(report.sarif === undefined ? [] : [line(dim("sarif:  "), displayPath(report.sarif))]),
    ...nextLines(report.nextCommand === undefined ? [] : [report.nextCommand]),
  ];
}

/** How many of many runs passed; empty for a grader of one run. */
function tally({ candidates, passed, required }: JsonObject = {}): string {
  return candidates === undefined ? "" : `${passed} of ${candidates} runs passed, ${required} must`;
}

/** Maximum number of changed calls, or of failed runs, in the text output; the result has more. */
const SHOWN_CALLS = 5;

/** The findings of a failed grader in a few lines; with a drift table, changed calls are listed only there. */
function describeFinding(details: JsonObject, hasTable: boolean): Line[] {
  const found: string[] = [];
  for (const kind of hasTable ? [] : ["tool", "verdict"]) {
    const index = details[`${kind}_sequence_mismatch_index`];
    if (typeof index !== "number") continue;
    const expected = details[`${kind}_sequence_expected_at_mismatch`];
    found.push(
      `${kind} ${index + 1}: expected ${expected}, got ${details[`${kind}_sequence_actual_at_mismatch`]}`,
    );
  }
  const calls = hasTable ? [] : listOf(details.changed_calls);
  for (const call of calls.slice(0, SHOWN_CALLS)) {
    const { call: place, changes, tool_name: tool } = call as JsonObject;
    found.push(`call ${place} ${tool}: ${listOf(changes!).join(", ")}`);
  }
  const more = Number(details.changed_calls_total ?? 0) - Math.min(calls.length, SHOWN_CALLS);
  if (!hasTable && more > 0) found.push(`… and ${more} more calls`);
  if (listOf(details.changed_calls).length === 0 && details.unexpected_files) {
    found.push(`changed: ${listOf(details.unexpected_files).join(", ")}`);
  }
  const forbidden = listOf(details.forbidden_tools_called);
  if (forbidden.length > 0) found.push(`forbidden but called: ${forbidden.join(", ")}`);
  const required = listOf(details.required_tools_missing);
  if (required.length > 0) found.push(`required but not called: ${required.join(", ")}`);
  const missing = listOf(details.missing_results);
  if (missing.length > 0) {
    found.push(`no result and no stand-in for: ${missing.slice(0, SHOWN_CALLS).join(", ")}`);
  }
  const failed = listOf(details.failed_candidates);
  for (const item of failed.slice(0, SHOWN_CALLS)) {
    const { candidate, reason_codes: codes } = item as JsonObject;
    found.push(`${candidate}: ${listOf(codes).join(", ")}`);
  }
  const others = Number(details.candidates ?? 0) - Number(details.passed ?? 0) - SHOWN_CALLS;
  if (others > 0) found.push(`… and ${others} more runs`);
  if (typeof details.error === "string") found.push(details.error);
  return found.map((text) => line("      ", dim(text)));
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
