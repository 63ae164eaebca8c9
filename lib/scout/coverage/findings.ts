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
    help: "A call of this tool is decided by the default verdict alone.",
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
      "Either the names are mistyped or outdated, so that the rule protects from nothing, or the tools live elsewhere.",
    hint: "Correct the names, remove the rule, or scan the folder of these tools as well with --roots",
  },
  "name-without-tool": {
    level: "note",
    title: "A rule names a tool that was not found",
    help: "The name may be mistyped or outdated.",
    hint: "Correct or remove the name, or scan the folder of this tool as well with --roots",
  },
  "server-not-named": {
    level: "note",
    title: "No rule names a tool of an MCP server",
    help: "What tools a server has is known only when it runs; no rule names any that would be one of its.",
    hint: "Write rules for the tools of the server, called as its clients call them",
  },
} as const satisfies Readonly<Record<string, Omit<SarifRule, "id" | "tags">>>;

export type CoverageFindingId = keyof typeof CATALOGUE;

/** One finding, with its place. */
export interface CoverageFinding {
  readonly id: CoverageFindingId;
  readonly level: SarifLevel;
  readonly message: string;
  readonly hint: string;
  readonly path: string;
  /** From 1; 1 where only the file is known. */
  readonly line: number;
  /** What it is about: an item, or a rule and a name. */
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

/** An uncovered tool weighs by what it may do, and by whether it may do it. */
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

/** Names that a message shows; JSON has all. */
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
