import { pathArgument } from "../../formats/shell.ts";
import { set } from "../../formats/text.ts";
import type { DecidedCall } from "../../mcp/decided_call.ts";
import type { WrittenEvidence } from "../../mcp/evidence.ts";
import { verdictSpan } from "../gate/report.ts";
import { columns, dim, type Line, line, nextLines, warn } from "../text.ts";

/** A decision at the boundary as text. */
export function proxyLines(
  { decision, runId }: DecidedCall,
  { paths, packId, kept }: WrittenEvidence,
  { warnings, devKey }: { readonly warnings: readonly string[]; readonly devKey: boolean },
): Line[] {
  const { intent, outcome, evaluation } = decision;
  const rows = ([
    ["rule", evaluation.matchedRule || "none matched"],
    ["reasons", outcome.reasonCodes.join(", ")],
    ["violations", outcome.violations.join(", ")],
    ["run", runId],
    ["log", paths.log],
    ["otel", paths.otel],
    ["earlier records", kept.join(", ")],
  ] as const).flatMap(([name, value]) => value ? [[name, value] as [string, string]] : []);
  // Scripts written for the existing program look for these lines (docs/spec/mcp.md 2.7).
  const written = [
    line(`trace: ${paths.trace}`),
    ...paths.runpack ? [line(`runpack: ${paths.runpack}`)] : [],
    ...paths.pack ? [line(`pack: ${paths.pack} (${packId})`)] : [],
  ];
  return [
    line(
      "mcp proxy: verdict=",
      verdictSpan(outcome.verdict),
      `  ${intent.toolName}  `,
      dim(intent.context.identity),
    ),
    ...written,
    ...columns(rows),
    ...set(warnings).map((warning) => line(warn("warning"), `: ${warning}`)),
    ...nextLines([
      devKey ? "gait keys init" : `gait trace verify ${pathArgument(paths.trace)} --public-key <public.key>`,
    ]),
  ];
}
