import type { Imported, ImportedRun } from "../../conversation/import.ts";
import type { Skipped } from "../../conversation/transcript.ts";
import { OUTPUT_FOLDER, ticketFooter } from "../../runpack/locate.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { displayPath, folderOf, type SafePath } from "../../formats/path.ts";
import { compact } from "../outcome.ts";
import {
  bad,
  bold,
  dim,
  good,
  type Line,
  line,
  MAX_WIDTH,
  nextLines,
  type Span,
  warn,
  warningLines,
} from "../text.ts";
import { pathArgument } from "../../formats/shell.ts";
import { largest } from "../../formats/lists.ts";

/** A written runpack with its path. */
interface WrittenRun {
  readonly run: ImportedRun;
  readonly bundle: SafePath;
}

/** The imported runs with the paths of their runpacks. */
export interface ImportReport extends Omit<Imported, "runs"> {
  readonly runs: readonly WrittenRun[];
  readonly warnings: readonly string[];
}

/** The report as JSON, without `ok`. */
export function encodeImport(report: ImportReport): JsonObject {
  return {
    format: report.format,
    runs: report.runs.map(encodeRun),
    skipped: report.skipped.map((entry) => ({ ...entry })),
    ...compact({ warnings: allWarnings(report) }),
    next_commands: nextCommands(report),
  };
}

function encodeRun({ run, bundle }: WrittenRun): JsonObject {
  const { packed, warning } = run;
  return {
    run_id: packed.runId,
    format: run.format,
    bundle: displayPath(bundle),
    manifest_digest: packed.manifestDigest,
    ...countsOf(run),
    raw_arguments: [...run.rawArguments],
    skipped: run.skipped.map((entry) => ({ ...entry })),
    signature_status: packed.keyId === undefined ? "missing" : "signed",
    ...compact({ signature_key_id: packed.keyId }),
    ...(warning === undefined ? { ticket_footer: ticketFooter(packed.runId, packed.manifestDigest) } : {}),
  };
}

function countsOf({ intents, results, errors }: ImportedRun) {
  return { intents, results, missing_results: intents - results, errors };
}

/** The report for people. */
export function describeImport(report: ImportReport): Line[] {
  const many = report.runs.length !== 1;
  const rows = report.runs.map(({ run, bundle }): Cell[] => {
    const counts = countsOf(run);
    return [
      run.packed.runId,
      run.format,
      String(counts.intents),
      String(counts.results),
      mark(counts.missing_results, warn),
      mark(counts.errors, bad),
      displayPath(bundle),
    ];
  });
  return [
    line(good("imported"), `: ${report.runs.length} ${many ? "runs" : "run"}`),
    ...table(["run", "format", "intents", "results", "missing", "errors", "bundle"], rows),
    ...report.skipped.map((entry) => note(entry)),
    ...report.runs.flatMap(({ run }) => [
      ...run.skipped.map((entry) => note(entry, many ? run.packed.runId : undefined)),
      ...run.rawArguments.map((id) =>
        note(
          { position: `intent ${id}`, reason: "the arguments are not a JSON object; recorded as a text" },
          many ? run.packed.runId : undefined,
        )
      ),
    ]),
    ...warningLines(allWarnings(report)),
    ...nextLines(nextCommands(report)),
  ];
}

type Cell = string | Span;

const RIGHT = new Set([2, 3, 4, 5]);

/** Columns as wide as their widest cell; counts are right-aligned. */
function table(head: readonly string[], rows: readonly (readonly Cell[])[]): Line[] {
  const all: readonly (readonly Cell[])[] = [head.map((name) => dim(name)), ...rows];
  const textOf = (cell: Cell) => typeof cell === "string" ? cell : cell.text;
  const widths = head.map((_, i) => Math.min(MAX_WIDTH, largest(all.map((row) => textOf(row[i]!).length))));
  return all.map((row) =>
    line(...row.flatMap((cell, i) => {
      const gap = " ".repeat(i === row.length - 1 ? 0 : Math.max(0, widths[i]! - textOf(cell).length));
      return RIGHT.has(i) ? ["  ", gap, cell] : ["  ", cell, gap];
    }))
  );
}

function mark(count: number, style: (text: string) => Span): Cell {
  return count === 0 ? "0" : style(String(count));
}

function note({ position, reason }: Skipped, runId?: string): Line {
  return line(dim("note: "), runId === undefined ? "" : bold(`${runId} `), `${position}: ${reason}`);
}

function allWarnings({ runs, warnings }: ImportReport): string[] {
  return [...warnings, ...runs.flatMap(({ run }) => run.warning ?? [])];
}

/** For the first run only. */
function nextCommands({ runs }: ImportReport): string[] {
  const { run, bundle } = runs[0]!;
  const target = folderOf(bundle) === OUTPUT_FOLDER ? run.packed.runId : displayPath(bundle);
  return [
    `gait verify ${pathArgument(target)}`,
    // A run without calls can't become a fixture.
    ...(run.intents > 0 ? [`gait regress bootstrap --from ${pathArgument(target)}`] : []),
  ];
}
