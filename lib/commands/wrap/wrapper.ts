import { counted } from "../../formats/counted.ts";
import { EXIT, GaitError } from "../../errors/mod.ts";
import { trim } from "../../formats/text.ts";
import { loadTrustedKeys } from "../../signing/mod.ts";
import { REPORTED, wrapCommand, type WrapMode, type WrapReport, type WrapVerdict } from "../../wrap/mod.ts";
import { defineCommand, path } from "../define.ts";
import { duration } from "../duration_flag.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { childEnded, compact, failure, negative, type Outcome, success } from "../outcome.ts";
import { bad, dim, good, type Line, line, warningLines } from "../text.ts";

/** Members of every answer, errors of usage among them. */
const CONTRACT = { boundary_contract: "explicit_trace_reference", trace_reference_required: true };

/** Lines of the child's output that are shown when it failed; `--json` has all. */
const SHOWN_LINES = 20;

/** Not given, it is the folder of the wrapper, and reported; a blank one is that folder too, and is not reported. */
const CWD = { ...path("folder", "working folder of the command; this one by default"), absent: "." };

const TIMEOUT = duration("ends the command and all its processes", { default: "30s" });

/** A wrapper: `gait test`, `gait enforce` or `gait trace --` (docs/spec/regress.md section 3). */
export function wrapper(
  mode: WrapMode,
  explain: string,
  options: { readonly behindDashes?: true } = {},
) {
  return defineCommand({
    explain,
    positionals: ["<program>", "[argument...]"],
    ...options,
    flags: {
      cwd: CWD,
      "trace-root": path("folder", "where relative paths of traces count from; this folder by default"),
      timeout: {
        ...TIMEOUT,
        read: (given, flag, before) => TIMEOUT.read(trim(given), flag, before),
      } satisfies typeof TIMEOUT,
      ...verifyKeyFlags,
    },
    needs: { read: true, run: true, env: true },
    errorFields: { mode, ...CONTRACT },
    examples: [
      `gait ${mode} -- python agent.py`,
      `gait ${mode} --timeout 5m --public-key team_public.key -- ./run_agent.sh --all`,
    ],
    async run({ flags, positionals, effects }) {
      const cwd = flags.cwd === undefined ? undefined : trim(flags.cwd);
      const traceRoot = trim(flags["trace-root"] ?? "") || ".";
      const trusted = await loadTrustedKeys(keySources(flags), effects);
      const timeout = Math.max(1, Number(flags.timeout / 1_000_000n));
      const request = { mode, command: positionals, cwd: cwd ?? ".", traceRoot, timeout, trusted };
      const report = await wrapCommand(request, effects);
      const json = {
        ...compact({
          mode,
          command: positionals,
          cwd,
          failure_reason: report.verdict.kind === "failed" ? report.verdict.reason : undefined,
          child_exit_code: report.code,
          timed_out: report.timedOut,
          duration_ms: report.duration,
          verdict_counts: REPORTED.filter((verdict) => report.traces.counts[verdict] > 0)
            .map((verdict) => ({ verdict, count: report.traces.counts[verdict] })),
          signatures_verified: report.traces.verified,
          trace_paths: report.printed.tracePaths,
          runpack_paths: report.printed.runpackPaths,
          stdout: report.printed.stdout,
          stderr: report.printed.stderr,
          truncated: report.printed.truncated,
          warnings: report.warnings,
        }),
        ...CONTRACT,
      };
      return outcomeOf(report, json, describe(mode, report));
    },
  });
}

function outcomeOf(report: WrapReport, json: Outcome["json"], lines: readonly Line[]): Outcome {
  const { verdict } = report;
  switch (verdict.kind) {
    case "ok":
      return success(json, lines);
    case "blocked":
      return negative(EXIT.policyBlocked, json, lines);
    case "approval_required":
      return negative(EXIT.approvalRequired, json, lines);
    case "child_failed":
      return childEnded(verdict.status, json, lines);
    case "failed":
      return failure(errorOf(verdict.reason, report), json, lines);
  }
}

function errorOf(
  reason: Extract<WrapVerdict, { kind: "failed" }>["reason"],
  { startError, traces }: WrapReport,
): GaitError {
  switch (reason) {
    case "child_start_failed":
      return new GaitError("internal_failure", startError ?? "Cannot start the command", {
        hint: "Check the program behind -- and the folder of --cwd",
      });
    case "child_timed_out":
      return new GaitError("internal_failure", "The command did not end in time and was stopped", {
        hint: "Give it more time with --timeout 5m",
      });
    case "missing_trace_reference":
      return new GaitError("invalid_input", "The command named no trace", {
        hint: "Let it print a line trace_path=<file> for every decision of the gate",
      });
    case "invalid_trace_artifact":
      return new GaitError(
        "policy_blocked",
        `A trace that the command named is not valid: ${traces.invalid[0]}`,
        {
          hint: "Let the command name the traces that gait gate eval wrote",
        },
      );
  }
}

/** A summary, and the end of what a failed command printed. */
function describe(mode: WrapMode, report: WrapReport): Line[] {
  const { verdict, traces, printed } = report;
  const counts = REPORTED.filter((word) => traces.counts[word] > 0)
    .map((word) => `${traces.counts[word]} ${word}`);
  const verdicts = counts.length === 0 ? "none" : counts.join(", ");
  const head = verdict.kind === "ok" ? good(`${mode} ok`) : bad(`${mode} ${WORDS[verdict.kind]}`);
  return [
    line(head, `: verdicts in its traces: ${verdicts}`, dim(`; ${endOf(report)}`)),
    ...(verdict.kind === "ok" ? [] : [...tail("stdout", printed.stdout), ...tail("stderr", printed.stderr)]),
    ...warningLines(report.warnings),
  ];
}

/** How the command ended. */
function endOf({ verdict, code, timedOut, duration }: WrapReport): string {
  if (verdict.kind === "failed" && verdict.reason === "child_start_failed") {
    return "the command did not start";
  }
  return timedOut ? "the command was stopped" : `the command ended with exit ${code} after ${duration} ms`;
}

const WORDS: Readonly<Record<Exclude<WrapVerdict["kind"], "ok">, string>> = {
  failed: "failed",
  child_failed: "failed",
  blocked: "blocked",
  approval_required: "needs approval",
};

function tail(name: string, output: string): Line[] {
  const lines = output.split("\n").filter((text) => text.trim() !== "");
  const left = lines.length - SHOWN_LINES;
  return [
    ...(left > 0 ? [line(dim(`  ${name}: … ${counted(left, "line")} before`))] : []),
    ...lines.slice(-SHOWN_LINES).map((text) => line(dim(`  ${name}: `), text)),
  ];
}
