import { counted } from "../../formats/counted.ts";
import type { Effects, Files } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { compareBytewise } from "../../formats/bytes.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { locateRunpack } from "../../runpack/locate.ts";
import { readRunpack } from "../../runpack/read.ts";
import { decode } from "../../schema/fields.ts";
import { signalRegressSchema, signalTraceSchema } from "../../schema/scout.ts";
import { severityLevel } from "../../scout/signal/families.ts";
import { gatherEvidence, traceAssignments, type TraceFile } from "../../scout/signal/evidence.ts";
import { observe } from "../../scout/signal/observation.ts";
import { reportSignals, SIGNAL_SCHEMA_ID, type SignalReport } from "../../scout/signal/report.ts";
import { defineCommand, names, path, paths } from "../define.ts";
import { success } from "../outcome.ts";
import { runpackIn } from "../read_runpack_file.ts";
import { dim, good, type Line, line } from "../text.ts";
import { writeOutputs } from "./outputs.ts";

const OUT = "./gait-out/scout_signal_report.json";

/** `gait scout signal` (docs/spec/scout.md section 3). */
export default defineCommand({
  explain: "Groups runs that did the same and failed the same way, and ranks what to look at first.",
  positionals: [{ name: "[run_id|path...]", path: "run" }],
  flags: {
    runs: paths("run_ids|paths", "more runs, separated by commas"),
    traces: paths("files", "gate traces of these runs"),
    regress: paths("files", "regress results of these runs"),
    "trace-run": names("trace=run", "the run that a trace, by path or id, belongs to"),
    out: path("file", `path of the report; ${OUT} by default`),
  },
  needs: { read: true, write: true, env: true },
  examples: [
    "gait scout signal run_demo run_incident",
    "gait scout signal --runs run_a,run_b --traces trace.json --trace-run trace.json=run_a",
  ],
  async run({ flags, positionals, effects, version }) {
    const { files } = effects;
    const out = flags.out ?? OUT;
    const targets = [...flags.runs, ...positionals];
    if (targets.length === 0) {
      throw invalidInput("Missing argument: give at least one run", {
        hint: "For example: gait scout signal run_demo",
      });
    }
    const assigned = traceAssignments(flags["trace-run"]);
    const paths = await distinctFiles(effects, targets);
    const traces: TraceFile[] = [];
    for (const path of unique(flags.traces)) {
      traces.push({ path, trace: await read(files, path, signalTraceSchema, "trace") });
    }
    const results = [];
    for (const path of unique(flags.regress)) {
      results.push(await read(files, path, signalRegressSchema, "regress result"));
    }
    const evidence = await gatherEvidence(traces, results, assigned);
    const observations = [];
    for (const path of paths) {
      observations.push(
        await observe(path, await readRunpack(await runpackIn(path, await files.read(path))), evidence),
      );
    }
    const report = reportSignals(observations, version);
    const { document } = report;
    await writeOutputs(files, [{
      path: out,
      document,
      known: (held) => held.schema_id === SIGNAL_SCHEMA_ID,
    }], [...paths, ...flags.traces, ...flags.regress]);
    return success({
      output_path: out,
      run_count: document.run_count!,
      family_count: document.family_count!,
      top_issues: (document.top_issues as unknown[]).length,
      report: document,
    }, describe(report, observations.length, out));
  },
});

/** The files of the runs, deduplicated by real path: a runpack given twice is one run. */
async function distinctFiles(effects: Effects, targets: readonly string[]): Promise<string[]> {
  const byFile = new Map<string, string>();
  const paths: string[] = [];
  for (const target of targets) paths.push(await locateRunpack(target, effects));
  for (const path of unique(paths)) {
    const real = await effects.files.realPath(path);
    if (!byFile.has(real)) byFile.set(real, path);
  }
  return [...byFile.values()];
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)].sort(compareBytewise);
}

async function read<S extends Parameters<typeof decode>[0]>(
  files: Files,
  path: string,
  schema: S,
  kind: string,
) {
  const what = `${kind} "${path}"`;
  return decode(schema, readJsonObject(await files.read(path), { what }), what);
}

function describe({ families }: SignalReport, runs: number, path: string): Line[] {
  const top = families[0]!;
  return [
    line(
      good("scout signal ok"),
      `: ${counted(runs, "run")}, ${counted(families.length, "family", "families")} -> ${path}`,
    ),
    line(
      `top: ${severityLevel(top.severity)} ${top.severity} ${top.runIds[0]}`,
      dim(`  ${top.reasons[0] ?? "no failure"}  ${top.drivers.join(", ")}`),
    ),
  ];
}
