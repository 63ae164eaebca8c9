import type { JsonObject } from "../formats/json/mod.ts";
import type { Runpack } from "../runpack/read.ts";
import type { Result } from "../schema/runpack.ts";
import type { Fixture } from "./fixture.ts";
import { toolSequence, type Verdict, verdictOfResult } from "./trajectory.ts";

/** A call as the drift table shows it. */
export interface ShownCall {
  /** Position in its run, from 1. */
  readonly call: number;
  readonly tool: string;
  /** Absent when it has no result. */
  readonly verdict?: Verdict;
}

/** A difference between an expected call and the actual call aligned with it. */
export type Change = "tool" | "args" | "status" | "result";

/** One row of the drift table: an expected call, an actual call, or both aligned. */
export interface DriftRow {
  readonly kind: "same" | "changed" | "inserted" | "missing";
  readonly expected?: ShownCall;
  readonly actual?: ShownCall;
  readonly changes: readonly Change[];
}

/** A call with everything that is compared. */
interface Call extends ShownCall {
  /** Digest of its arguments; absent where only a tool is expected. */
  readonly args?: string;
  /** Absent when it has no result. */
  readonly answer?: { readonly status: string; readonly digest: string };
}

/** Maximum number of cells of the alignment matrix; the middle of longer runs is compared position by position. */
const MAX_CELLS = 4_000_000;

/** Costs of the alignment; an inserted and a missing call together cost more than a changed one. */
const COST = { inserted: 10, missing: 10, tool: 15, args: 4, status: 2, result: 1 };

/**
 * Align the calls of a candidate with the expected calls. An inserted call is one row, and the calls after it are
 * compared with their counterparts; by position alone, all calls after it would look changed.
 */
export function alignDrift(fixture: Fixture, pack: Runpack, candidate: Runpack): DriftRow[] {
  return align(expectedCalls(fixture, pack), callsOf(candidate));
}

/** Align the calls of two runs by what they did, whatever their ids. */
export function alignRuns(left: Runpack, right: Runpack): DriftRow[] {
  return align(callsOf(left), callsOf(right));
}

/** Maximum number of changed calls that a result lists. */
export const MAX_CHANGED_CALLS = 20;

/** The calls of another recording that differ from the recorded ones; only the first are listed. */
export function changedCalls(pack: Runpack, candidate: Runpack): { total: number; listed: JsonObject[] } {
  const changed = align(callsOf(pack), callsOf(candidate)).filter(({ kind }) => kind !== "same");
  return {
    total: changed.length,
    listed: changed.slice(0, MAX_CHANGED_CALLS).map(({ kind, expected, actual, changes }) => ({
      call: (actual ?? expected)!.call,
      changes: kind === "inserted" ? ["added"] : kind === "missing" ? ["removed"] : [...changes],
      tool_name: (actual ?? expected)!.tool,
    })),
  };
}

/**
 * The recorded calls, or the expectations that a person wrote in place of them, which have only a tool and a verdict.
 */
function expectedCalls(fixture: Fixture, pack: Runpack): Call[] {
  const { expected_tool_sequence: tools, expected_verdict_sequence: verdicts } = fixture;
  const recorded = callsOf(pack);
  const isRecorded = tools.length === 0 || tools.join("\n") === toolSequence(pack).join("\n");
  if (isRecorded) return recorded;
  return tools.map((tool, i) => ({
    call: i + 1,
    tool,
    ...(verdicts.length === tools.length ? { verdict: verdicts[i]! } : {}),
  }));
}

function callsOf({ intents, results }: Runpack): Call[] {
  const answers = new Map<string, Result>(results.map((result) => [result.intent_id, result]));
  return intents.map((intent, i) => {
    const answer = answers.get(intent.intent_id);
    return {
      call: i + 1,
      tool: intent.tool_name,
      args: intent.args_digest,
      ...(answer
        ? {
          verdict: verdictOfResult(answer),
          answer: { status: answer.status, digest: answer.result_digest },
        }
        : {}),
    };
  });
}

function align(expected: readonly Call[], actual: readonly Call[]): DriftRow[] {
  let start = 0;
  while (start < expected.length && start < actual.length && isSame(expected[start]!, actual[start]!)) {
    start++;
  }
  let [left, right] = [expected.length, actual.length];
  while (left > start && right > start && isSame(expected[left - 1]!, actual[right - 1]!)) {
    left--;
    right--;
  }
  return [
    ...expected.slice(0, start).map((call, i) => row(call, actual[i])),
    ...middle(expected.slice(start, left), actual.slice(start, right)),
    ...expected.slice(left).map((call, i) => row(call, actual[right + i])),
  ];
}

/** Find the cheapest alignment by dynamic programming, or align by position if the matrix would be too large. */
function middle(expected: readonly Call[], actual: readonly Call[]): DriftRow[] {
  const [n, m] = [expected.length, actual.length];
  if ((n + 1) * (m + 1) > MAX_CELLS) {
    return Array.from({ length: Math.max(n, m) }, (_, i) => row(expected[i], actual[i]));
  }
  const width = m + 1;
  const cost = new Uint32Array((n + 1) * width);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      if (i === 0 || j === 0) {
        cost[i * width + j] = i * COST.missing + j * COST.inserted;
        continue;
      }
      cost[i * width + j] = Math.min(
        cost[(i - 1) * width + j - 1]! + costOf(expected[i - 1]!, actual[j - 1]!),
        cost[(i - 1) * width + j]! + COST.missing,
        cost[i * width + j - 1]! + COST.inserted,
      );
    }
  }
  const rows: DriftRow[] = [];
  for (let [i, j] = [n, m]; i > 0 || j > 0;) {
    const here = cost[i * width + j]!;
    if (
      i > 0 && j > 0 &&
      here === cost[(i - 1) * width + j - 1]! + costOf(expected[i - 1]!, actual[j - 1]!)
    ) {
      rows.push(row(expected[--i], actual[--j]));
    } else if (j > 0 && here === cost[i * width + j - 1]! + COST.inserted) {
      rows.push(row(undefined, actual[--j]));
    } else rows.push(row(expected[--i], undefined));
  }
  return rows.reverse();
}

function costOf(expected: Call, actual: Call): number {
  return changesOf(expected, actual).reduce((sum, change) => sum + COST[change], 0);
}

function isSame(expected: Call, actual: Call): boolean {
  return changesOf(expected, actual).length === 0;
}

function changesOf(expected: Call, actual: Call): Change[] {
  const changes: Change[] = [];
  if (expected.tool.trim() !== actual.tool.trim()) changes.push("tool");
  if (expected.args !== undefined && expected.args !== actual.args) changes.push("args");
  if (expected.args === undefined) { // an expectation that a person wrote: it has nothing else to compare
    if (expected.verdict !== undefined && expected.verdict !== actual.verdict) changes.push("status");
    return changes;
  }
  const [left, right] = [expected.answer, actual.answer];
  if (left && right && left.status !== right.status) changes.push("status");
  if (left?.digest !== right?.digest) changes.push("result");
  return changes;
}

function row(expected: Call | undefined, actual: Call | undefined): DriftRow {
  const changes = expected && actual ? changesOf(expected, actual) : [];
  return {
    kind: expected === undefined
      ? "inserted"
      : actual === undefined
      ? "missing"
      : changes.length > 0
      ? "changed"
      : "same",
    ...(expected ? { expected: shown(expected) } : {}),
    ...(actual ? { actual: shown(actual) } : {}),
    changes,
  };
}

function shown({ call, tool, verdict }: Call): ShownCall {
  return { call, tool, ...(verdict === undefined ? {} : { verdict }) };
}
