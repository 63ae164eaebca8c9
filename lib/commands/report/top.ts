import { counted } from "../../formats/counted.ts";
import { append } from "../../formats/lists.ts";
import { invalidInput } from "../../errors/mod.ts";
import { cleanPath, displayPath, folderOf } from "../../formats/path.ts";
import {
  encodeTop,
  encodeTopFile,
  GROUPINGS,
  makeTopPage,
  MAX_TOP,
  OLDER_PAGE,
  OLDER_TOP,
  rankActions,
  type TopReport,
} from "../../report/mod.ts";
import { choice, defineCommand, integer, path, paths } from "../define.ts";
import { compact, success } from "../outcome.ts";
import { bold, columns, dim, good, type Line, line, warn } from "../text.ts";
import { since } from "./since_flag.ts";

const OUT = "./gait-out/report_top_actions.json";

/** `gait report top` (docs/spec/regress.md section 4). */
export default defineCommand({
  explain: "Ranks the actions of runs and traces by risk, the riskiest first.",
  positionals: [{ name: "[run_id|runpack...]", path: "run" }],
  flags: {
    runs: paths("run_id|path", "runs, like the arguments: run ids, runpacks or folders of runpacks"),
    traces: paths("path", "traces, or folders of traces"),
    limit: integer("n", "how many to show, at most 20", { default: 5, least: 1 }),
    since: since("omit older actions: 24h, 7d, or a time such as 2026-11-01"),
    by: choice("what", "also total by tool, identity or workspace", GROUPINGS),
    html: path("file", "also write the ranking as a self-contained HTML page"),
    out: path("file", `path of the report; ${OUT} by default`),
  },
  needs: { read: true, write: true },
  examples: [
    "gait report top gait-out",
    "gait report top run_demo --traces traces --limit 10",
    "gait report top gait-out --since 7d --by tool",
    "gait report top gait-out --html risks.html",
  ],
  async run({ flags, positionals, effects, version }) {
    const out = flags.out ?? OUT;
    const report = await rankActions({
      runs: [...flags.runs, ...positionals],
      traces: flags.traces,
      limit: flags.limit,
      since: flags.since?.(effects.now()),
      by: flags.by,
    }, effects);
    const { html } = flags;
    if (html !== undefined && cleanPath(html) === cleanPath(out)) {
      throw invalidInput(`Cannot write the page to "${html}": the report goes there`);
    }
    const page = html === undefined ? undefined : await makeTopPage(report, version);
    if (html !== undefined) await effects.files.checkOutput(html, OLDER_PAGE, page);
    await effects.files.makeFolder(folderOf(out));
    await effects.files.writeOutput(out, encodeTopFile(report, version), OLDER_TOP);
    if (html !== undefined && page) {
      await effects.files.makeFolder(folderOf(html));
      await effects.files.writeOutput(html, page, OLDER_PAGE);
    }
    const json = {
      output_path: out,
      ...compact({
        html_path: html,
        run_count: report.runCount,
        trace_count: report.traceCount,
        action_count: report.actionCount,
        top_actions: report.top.length,
        unreadable: report.unreadable.map(({ path, error }) => ({ path, error: error.message })),
      }),
      report: encodeTop(report, version),
    };
    return success(json, [
      ...describe(report, out),
      ...(html === undefined ? [] : [line(dim("page:   "), displayPath(html))]),
    ]);
  },
});

function describe(report: TopReport, out: string): Line[] {
  const { actionCount, runCount, traceCount, top, groups, unreadable } = report;
  const lines = [
    line(
      good("report top"),
      `: ${counted(actionCount, "action")} of ${counted(runCount, "run")}, ${counted(traceCount, "trace")}`,
    ),
    ...top.map((action) =>
      line(
        `${String(action.rank).padStart(4)}  `,
        bold(String(action.score).padStart(4)),
        `  ${action.tool_class.padEnd(11)}  ${"#".repeat(action.blast_radius).padEnd(3)}  `,
        `${action.tool_name}  `,
        dim([action.run_id, action.verdict ?? "", ...action.reason_codes ?? []].filter(Boolean).join("  ")),
      )
    ),
  ];
  if (groups.length > 0) {
    const rows = groups.slice(0, MAX_TOP).map((group) =>
      [
        group.name,
        `${group.actions} action${group.actions === 1 ? "" : "s"}, riskiest ${group.top_score}`,
      ] as const
    );
    append(lines, [line(dim("summed up:")), ...columns(rows)]);
  }
  return [
    ...lines,
    ...unreadable.slice(0, MAX_TOP).map(({ path, error }) =>
      line(warn(`not read: ${path}: `), error.message)
    ),
    ...unreadable.length > MAX_TOP
      ? [line(warn(`not read: ${unreadable.length - MAX_TOP} more files`), "; the report names all")]
      : [],
    line(dim("report: "), displayPath(out)),
  ];
}
