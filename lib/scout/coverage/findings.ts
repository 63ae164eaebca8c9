import type { JsonObject } from "../../formats/json/mod.ts";
import {
  type SarifLevel,
  sarifLog,
  type SarifResult,
  type SarifRule,
  sarifUri,
  sentence,
} from "../../formats/sarif.ts";
import { utf8 } from "../../formats/bytes.ts";
import { sha256 } from "../../signing/mod.ts";
import type { Item } from "../inventory.ts";
import type { Coverage, CoveredTool } from "./cover.ts";

/** The kinds of findings, by their stable ids. */
const CATALOGUE = {
  "tool-not-covered": {
    level: "warning",
    title: "No rule matches a tool",
    help: "Calls of this tool are decided by the default verdict alone.",
    hint: "Name the tool in match.tool_names of a rule",
  },
  "tool-only-by-condition": {
    level: "note",
    title: "No rule names a tool",
    help: "Rules without tool names may match calls of this tool, when their other conditions hold.",
    hint: "Name the tool in match.tool_names of a rule, unless the conditions are meant to decide",
  },
  "rule-without-tool": {
    level: "warning",
    title: "A rule names tools, and none of them was found",
    help:
      "Either the names are mistyped or outdated, so that the rule has no effect, or the tools are defined elsewhere.",
    hint: "Correct the names, remove the rule, or also scan the folder of these tools with --roots",
  },
  "name-without-tool": {
    level: "note",
    title: "A rule names a tool that was not found",
    help: "The name may be mistyped or outdated.",
    hint: "Correct or remove the name, or also scan the folder of this tool with --roots",
  },
  "server-not-named": {
    level: "note",
    title: "No rule names a tool of an MCP server",
    help:
      "The tools of a server are known only while it runs, and no rule names a tool that could belong to it.",
    hint: "Write rules for the tools of the server, using the names that its clients use",
  },
} as const satisfies Readonly<Record<string, Omit<SarifRule, "id" | "tags">>>;

export type CoverageFindingId = keyof typeof CATALOGUE;

/** A finding with its location. */
export interface CoverageFinding {
  readonly id: CoverageFindingId;
  readonly level: SarifLevel;
  readonly message: string;
  readonly hint: string;
  readonly path: string;
  /** Line number from 1; 1 if only the file is known. */
  readonly line: number;
  /** The subject of the finding: an item, or a rule and a name. */
  readonly subject: string;
}

/** The findings about coverage: tools, then servers, then rules. */
export function coverageFindings({ tools, servers, idleRules, defaultAllows }: Coverage): CoverageFinding[] {
  return [
    ...tools.flatMap((tool) => toolFinding(tool, defaultAllows)),
    ...servers.filter(({ named }) => !named).map(({ item }) =>
      finding("server-not-named", `No rule names a tool of MCP server "${item.name}"`, placeOf(item), item.id)
    ),
    ...idleRules.map(({ rule, unknownNames, idle }) =>
      finding(
        idle ? "rule-without-tool" : "name-without-tool",
        `Rule "${rule.name}" names ${quoted(unknownNames)}, and ${
          idle ? "no tool of these names was found" : "not all of its tools were found"
        }`,
        { path: rule.policyPath, line: rule.line },
        `${rule.name}\n${unknownNames.join("\n")}`,
      )
    ),
  ];
}

/** The level of an uncovered tool depends on its risk and on whether the default verdict allows its calls. */
function toolFinding({ item, cover }: CoveredTool, defaultAllows: boolean): CoverageFinding[] {
  if (cover === "named" || cover === "any_tool") return [];
  const risky = item.risk === "critical" || item.risk === "high";
  const what = `"${item.name}" (risk ${item.risk})`;
  if (cover === "conditional") {
    return [finding("tool-only-by-condition", `No rule names tool ${what}`, placeOf(item), item.id)];
  }
  const level = defaultAllows ? (risky ? "error" : "warning") : risky ? "warning" : "note";
  const then = defaultAllows
    ? "the default verdict lets its calls happen"
    : "the default verdict decides its calls";
  return [
    finding("tool-not-covered", `No rule matches tool ${what}: ${then}`, placeOf(item), item.id, level),
  ];
}

function finding(
  id: CoverageFindingId,
  message: string,
  place: { readonly path: string; readonly line: number },
  subject: string,
  level: SarifLevel = CATALOGUE[id].level,
): CoverageFinding {
  return { id, level, message, hint: CATALOGUE[id].hint, ...place, subject };
}

function placeOf({ locator, line = 1 }: Item) {
  return { path: locator, line };
}

/** The most names that a message shows; the JSON output has all of them. */
const SHOWN = 5;

function quoted(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return names.slice(0, SHOWN).map((name) => `"${name}"`).join(", ") + more;
}

/** The findings for code scanning, as a SARIF 2.1.0 log. */
export async function encodeCoverageSarif(
  findings: readonly CoverageFinding[],
  version: string,
): Promise<JsonObject> {
  const ids = Object.keys(CATALOGUE) as CoverageFindingId[];
  const rules = ids.filter((id) => findings.some((finding) => finding.id === id))
    .map((id) => ({ id, ...CATALOGUE[id], tags: ["security", "policy"] }));
  const results: SarifResult[] = [];
  for (const { id, level, message, hint, path, line, subject } of findings) {
    const digest = await sha256(utf8(`${sarifUri(path)}\n${id}\n${subject}`));
    results.push({
      ruleId: id,
      level,
      message: `${message}. ${sentence(hint)}`,
      path,
      line,
      fingerprint: ["gaitCoverageFinding/v1", digest],
    });
  }
  return sarifLog("gait scout coverage", version, rules, results);
}
