import { EXIT, invalidInput } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { isObjectWith, type JsonObject } from "../../formats/json/mod.ts";
import { folderOf, outputPath } from "../../formats/path.ts";
import { isSarif, sarifText } from "../../formats/sarif.ts";
import { REPOSITORY_CONTRACT } from "../../scout/compose.ts";
import { type CoveredTool, coverTools } from "../../scout/coverage/cover.ts";
import { coverageFindings, encodeCoverageSarif } from "../../scout/coverage/findings.ts";
import { readPlacedPolicies } from "../../scout/coverage/placed_policy.ts";
import type { Item } from "../../scout/inventory.ts";
import { scanFolders } from "../../scout/scan.ts";
import { bool, defineCommand, list, path, paths } from "../define.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { compact, verdict } from "../outcome.ts";
import { OWN_NAME } from "../output_flags.ts";
import { line, warningLines } from "../text.ts";
import { coverageLines, coverageSummary } from "./coverage_report.ts";

/** `gait scout coverage` (docs/spec/scout.md section 7). */
export default defineCommand({
  explain:
    "Reports which declared tools no rule matches, and which rules match no tool. Exits with 2 if a high-risk tool can be called without a rule; with --strict, on any warning.",
  flags: {
    roots: paths("folders", "folders to scan, separated by commas; default: the current one"),
    include: list("patterns", "scan only paths that match one of these globs or contain one of these texts"),
    exclude: list("patterns", "skip paths that match"),
    policy: paths("files", `policies, separated by commas; default: ${REPOSITORY_CONTRACT.repo_policy_path}`),
    strict: bool("fail on warnings too"),
    sarif: path("file", "also write SARIF 2.1.0 for code scanning; - prints it instead"),
  },
  needs: { read: true, write: true },
  examples: ["gait scout coverage", "gait scout coverage --roots src --policy .gait.yaml --sarif gait.sarif"],
  async run({ flags, effects: given, version }) {
    const { effects, read } = noteReads(given);
    const { files } = effects;
    const printed = flags.sarif === "-";
    const target = flags.sarif === undefined || printed ? undefined : outputPath(flags.sarif);
    const paths = flags.policy.length > 0 ? flags.policy : [REPOSITORY_CONTRACT.repo_policy_path];
    if (flags.policy.length === 0 && await files.stat(paths[0]!) === undefined) {
      throw invalidInput(`Cannot find policy "${paths[0]}"`, {
        hint: "Make one with gait init, or give --policy",
      });
    }
    const policies = await readPlacedPolicies(files, paths);
    const scan = await scanFolders(files, { ...flags, precise: true });
    const older = (held: Uint8Array<ArrayBuffer>) => isObjectWith(held, isSarif);
    if (target) await keepInputs(files, target, read, older);
    const coverage = coverTools(scan.items, policies);
    const findings = coverageFindings(coverage);
    const log = flags.sarif === undefined ? undefined : await encodeCoverageSarif(findings, version);
    if (target && log) {
      await files.makeFolder(folderOf(target));
      await files.writeOutput(target, utf8(sarifText(log)), {
        older,
        olderGoes: "away",
        hint: OWN_NAME,
      });
    }
    const count = (level: string) => findings.filter((finding) => finding.level === level).length;
    const counts = { error: count("error"), warning: count("warning"), note: count("note") };
    const by = (cover: string) => coverage.tools.filter((tool) => tool.cover === cover);
    return verdict(
      counts.error === 0 && !(flags.strict && counts.warning > 0),
      EXIT.verificationFailed,
      {
        workspace: scan.workspace,
        policy_digests: policies.map(({ digest }) => digest),
        tools: coverage.tools.length,
        covered_tools: by("named").length + by("any_tool").length,
        uncovered_tools: by("uncovered").map(encodeTool),
        conditional_tools: by("conditional").map(encodeTool),
        unused_rules: coverage.idleRules.filter(({ idle }) => idle).map(({ rule }) => ({
          policy_path: rule.policyPath,
          rule: rule.name,
          line: rule.line,
          tool_names: [...rule.toolNames],
        })),
        servers: coverage.servers.map(({ item, named }) => ({ ...encodeItem(item), named })),
        findings: findings.map(({ id, level, message, hint, path, line }) => ({
          rule_id: id,
          level,
          message,
          hint,
          path,
          line,
        })),
        counts,
        summary: coverageSummary(coverage),
        ...compact({ warnings: scan.warnings }),
        ...(target ? { sarif_path: target } : {}),
        ...(log && printed ? { sarif: log } : {}),
      },
      printed && log
        ? sarifText(log).trimEnd().split("\n").map((part) => line(part))
        : [...coverageLines(coverage, findings, counts), ...warningLines(scan.warnings)],
    );
  },
});

function encodeTool({ item }: CoveredTool): JsonObject {
  return { ...encodeItem(item), risk_level: item.risk };
}

function encodeItem({ id, name, locator, line }: Item): JsonObject {
  return { id, name, locator, ...(line === undefined ? {} : { line }) };
}
