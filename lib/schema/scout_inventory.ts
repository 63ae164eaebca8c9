import * as v from "valibot";
import { object, text, wholeNumber } from "./fields.ts";
import { VERDICTS } from "./verdict.ts";

/*
 * What the commands of scout write about tools: snapshots, diffs and coverage (docs/spec/scout.md sections 1, 2 and 7).
 * The reader of snapshots is tolerant (scout.ts); these are the forms that others may rely on.
 */

export const SNAPSHOT_DOCUMENT_ID = "gait.scout.inventory_snapshot";

const string = v.string();
const strings = v.array(string);
const name = v.pipe(string, v.minLength(1));
const lineNumber = v.pipe(v.number(), v.integer(), v.minValue(1));
const risk = v.picklist(["low", "medium", "high", "critical"]);
const kind = v.picklist(["tool", "mcp_server"]);
const snapshotId = v.pipe(string, v.regex(/^snap_[0-9a-f]{12}$/));
const sha256Hex = v.pipe(string, v.regex(/^[0-9a-f]{64}$/));

const resource = object({ kind: v.literal("resource"), id: string });
const tool = object({ kind: v.literal("tool"), id: name });

/** A snapshot; the relationship of an item says where it was found and in which snapshot it stands. */
export const snapshotDocumentSchema = object({
  schema_id: v.literal(SNAPSHOT_DOCUMENT_ID),
  schema_version: text,
  created_at: text,
  producer_version: name,
  snapshot_id: snapshotId,
  workspace: string,
  items: v.array(object({
    id: name,
    kind,
    name: string,
    locator: name,
    risk_level: risk,
    tags: strings,
    relationship: object({
      parent_ref: object({ kind: v.literal("evidence"), id: snapshotId }),
      entity_refs: v.array(object({ kind: v.picklist(["resource", "tool"]), id: name })),
      edges: v.array(object({ kind: v.literal("derived_from"), from: tool, to: resource })),
      parent_record_id: snapshotId,
      related_entity_ids: strings,
    }),
    line: lineNumber,
  })),
});

/** A snapshot that another version wrote may have any text for risk and kind, and any id. */
const changedItem = { id: string, kind: string, name: string };

/** What changed between two snapshots. */
export const diffDocumentSchema = object({
  left_snapshot_id: string,
  right_snapshot_id: string,
  added: v.array(object({ ...changedItem, locator: string, risk_level: string })),
  removed: v.array(object({ ...changedItem, locator: string, risk_level: string })),
  changed: v.array(object({
    ...changedItem,
    before_locator: string,
    after_locator: string,
    before_risk_level: string,
    after_risk_level: string,
  })),
  added_count: wholeNumber,
  removed_count: wholeNumber,
  changed_count: wholeNumber,
});

/** How far policies name the tools of a snapshot. */
export const inventoryCoverageSchema = object({
  snapshot_id: snapshotId,
  discovered_tools: wholeNumber,
  gated_tools: wholeNumber,
  high_risk_ungated_tools: wholeNumber,
  coverage_percent: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
  policy_digests: v.array(sha256Hex),
  discovered_tool_names: strings,
  gated_tool_names: strings,
  high_risk_ungated_tool_ids: strings,
  gated_tools_by_effect: v.partial(
    object(Object.fromEntries(VERDICTS.map((effect) => [effect, wholeNumber]))),
  ),
});

const coveredItem = { id: name, name: string, locator: name, line: lineNumber };
const coveredTool = object({ ...coveredItem, risk_level: risk });

/** What `gait scout coverage --json` prints. */
export const coverageReportSchema = object({
  ok: v.boolean(),
  workspace: string,
  policy_digests: v.array(sha256Hex),
  tools: wholeNumber,
  covered_tools: wholeNumber,
  uncovered_tools: v.array(coveredTool),
  conditional_tools: v.array(coveredTool),
  unused_rules: v.array(object({ policy_path: name, rule: string, line: lineNumber, tool_names: strings })),
  servers: v.array(object({ ...coveredItem, named: v.boolean() })),
  findings: v.array(object({
    rule_id: v.picklist([
      "tool-not-covered",
      "tool-only-by-condition",
      "rule-without-tool",
      "name-without-tool",
      "server-not-named",
    ]),
    level: v.picklist(["error", "warning", "note"]),
    message: name,
    hint: name,
    path: name,
    line: lineNumber,
  })),
  counts: object({ error: wholeNumber, warning: wholeNumber, note: wholeNumber }),
  summary: name,
  warnings: strings,
  sarif_path: name,
});
