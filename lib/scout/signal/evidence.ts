import { invalidInput } from "../../errors/mod.ts";
import { trim, trimLower } from "../../formats/text.ts";
import type { SignalRegress, SignalTrace } from "../../schema/scout.ts";
import { normalizeName } from "../inventory.ts";

/** The evidence about runs in traces and regress results, in addition to their runpacks. */
export interface RunEvidence {
  /** Reason codes by run. */
  readonly reasons: ReadonlyMap<string, readonly string[]>;
  /** Traces by run. */
  readonly traces: ReadonlyMap<string, number>;
  /** Runs with a grader that did not pass. */
  readonly failed: ReadonlySet<string>;
}

/** A trace with its path. */
export interface TraceFile {
  readonly path: string;
  readonly trace: SignalTrace;
}

/** Assign traces and regress results to their runs (docs/spec/scout.md section 3, step 6). */
export async function gatherEvidence(
  traces: readonly TraceFile[],
  results: readonly SignalRegress[],
  runOfTrace: ReadonlyMap<string, string>,
): Promise<RunEvidence> {
  const reasons = new Map<string, string[]>();
  const counts = new Map<string, number>();
  const failed = new Set<string>();
  const add = (run: string, reason: string) => {
    const known = reasons.get(run);
    if (known) known.push(reason);
    else reasons.set(run, [reason]);
  };
  for (const { path, trace } of traces) {
    const run = runOfTrace.get(path) ?? runOfTrace.get(trace.trace_id) ?? runNamedBy(trace);
    if (run === undefined) continue;
    counts.set(run, (counts.get(run) ?? 0) + 1);
    const verdict = await word(trace.verdict);
    if (verdict !== "allow") add(run, `trace_verdict_${verdict}`);
    for (const violation of trace.violations) add(run, `violation_${await word(violation)}`);
  }
  for (const { graders } of results) {
    for (const { name, status, reason_codes, details } of graders) {
      if (trimLower(status) === "pass") continue;
      const given = details?.run_id;
      const run = typeof given === "string" && trim(given) !== "" ? trim(given) : name.split("/", 1)[0]!;
      failed.add(run);
      for (const reason of reason_codes) add(run, await word(reason));
      if (reason_codes.length === 0) add(run, "regress_failure");
    }
  }
  return { reasons, traces: counts, failed };
}

/** The run that a trace names: its parent, else a run id in its correlation id or its own id. */
function runNamedBy({ relationship, correlation_id, trace_id }: SignalTrace): string | undefined {
  const parent = relationship?.parent_ref;
  if (parent?.kind === "run" && trim(parent.id) !== "") return trim(parent.id);
  return RUN_ID.exec(correlation_id)?.[0] ?? RUN_ID.exec(trace_id)?.[0];
}

const RUN_ID = /run_[A-Za-z0-9_-]+/;

/** A word of a record, normalised as a part of a reason code. */
export async function word(text: string): Promise<string> {
  return await normalizeName(trimLower(text));
}

/**
 * Parse explicit assignments of traces to runs, `trace=run`, where the trace is given by path or id.
 *
 * @throws {GaitError} `invalid_input` for any other form, or if a trace is assigned twice
 */
export function traceAssignments(given: readonly string[]): ReadonlyMap<string, string> {
  const runs = new Map<string, string>();
  for (const assignment of given) {
    const equals = assignment.lastIndexOf("=");
    const [trace, run] = [assignment.slice(0, equals).trim(), assignment.slice(equals + 1).trim()];
    if (equals < 0 || trace === "" || run === "" || (runs.get(trace) ?? run) !== run) {
      throw invalidInput(`Cannot use --trace-run "${assignment}": expected one run for each trace`, {
        hint: "For example: --trace-run traces/a.json=run_demo",
      });
    }
    runs.set(trace, run);
  }
  return runs;
}
