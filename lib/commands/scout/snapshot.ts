import { makeSnapshot, SNAPSHOT_SCHEMA_ID, snapshotTime } from "../../scout/snapshot.ts";
import { type LoadedPolicies, loadPolicies, policyCoverage } from "../../scout/policy_coverage.ts";
import { scanFolders } from "../../scout/scan.ts";
import { bool, defineCommand, list, path, paths } from "../define.ts";
import { noteReads } from "../inputs.ts";
import { compact, success } from "../outcome.ts";
import { columns, good, line, warningLines } from "../text.ts";
import { type ScoutOutput, writeOutputs } from "./outputs.ts";

/** `gait scout snapshot` (docs/spec/scout.md section 1). */
export default defineCommand({
  explain:
    "Lists the tools and MCP servers that the sources of some folders declare, without running anything in them.",
  flags: {
    roots: paths("folders", "folders to scan, separated by commas; default: the current one"),
    include: list("patterns", "scan only paths that match one of these globs or contain one of these texts"),
    exclude: list("patterns", "skip paths that match"),
    precise: bool(
      "for Python, list only declared tools instead of all functions of a file that uses a framework",
    ),
    policy: paths("files", "also report to what extent these policies name the tools"),
    out: path("file", "path of the snapshot; default: ./gait-out/inventory_snapshot_<id>.json"),
    "coverage-out": path("file", "path of the coverage; default: ./gait-out/inventory_coverage_<id>.json"),
  },
  needs: { read: true, write: true, env: true },
  examples: [
    "gait scout snapshot",
    "gait scout snapshot --roots src,services --exclude tests/ --policy .gait.yaml",
  ],
  async run({ flags, effects: given, version }) {
    const { effects, read } = noteReads(given);
    const { files } = effects;
    const createdAt = snapshotTime(effects.env.get("SOURCE_DATE_EPOCH"), effects.now);
    const policies: LoadedPolicies | undefined = flags.policy.length > 0
      ? await loadPolicies(files, flags.policy)
      : undefined;
    const scan = await scanFolders(files, flags);
    const { id, document } = await makeSnapshot(scan, createdAt, version);
    const path = flags.out ?? `./gait-out/inventory_snapshot_${id}.json`;
    const coverage = policies && policyCoverage(id, scan.items, policies);
    const coveragePath = flags["coverage-out"] ??
      (coverage ? `./gait-out/inventory_coverage_${id}.json` : undefined);
    const outputs: ScoutOutput[] = [
      { path, document, known: (held) => held.schema_id === SNAPSHOT_SCHEMA_ID },
    ];
    if (coverage && coveragePath !== undefined) {
      outputs.push({
        path: coveragePath,
        document: coverage,
        known: (held) => "snapshot_id" in held && "coverage_percent" in held,
      });
    }
    await writeOutputs(files, outputs, read);
    return success({
      snapshot_path: path,
      ...compact({ coverage_path: coveragePath, items: scan.items.length, warnings: scan.warnings }),
      snapshot_id: id,
      ...(coverage ? { coverage } : {}),
    }, [
      line(good("scout snapshot ok"), `: ${id} -> ${path}`),
      ...columns([
        ["items", String(scan.items.length)],
        ...(coverage
          ? [
            [
              "covered",
              `${coverage.coverage_percent} % (${coverage.gated_tools} of ${coverage.discovered_tools})`,
            ],
            ["high risk, ungated", String(coverage.high_risk_ungated_tools)],
          ] as const
          : []),
      ]),
      ...warningLines(scan.warnings),
    ]);
  },
});
