import { lset, set, trim, trimLower } from "../formats/text.ts";
import type { DataflowDocument, EndpointDocument } from "./document.ts";
import type { Fields } from "./fields.ts";
import { ENDPOINT_CLASSES } from "./types.ts";
import { checkItems, oneOf, trimmedOr } from "./values.ts";

const ENDPOINT_KEYS = [
  "enabled",
  "path_allowlist",
  "path_denylist",
  "domain_allowlist",
  "domain_denylist",
  "egress_classes",
  "action",
  "destructive_action",
  "reason_code",
  "violation",
];

const DATAFLOW_KEYS = [
  "enabled",
  "tainted_sources",
  "destination_kinds",
  "destination_values",
  "destination_operations",
  "action",
  "reason_code",
  "violation",
];

const ACTIONS = ["block", "require_approval"];
const EGRESS_CLASSES = ENDPOINT_CLASSES.filter((name) => name.startsWith("net."));

/** Read `endpoint` (docs/spec/gate.md 1.4): checked and completed only when something in it turns it on. */
export function readEndpoint(rule: Fields): EndpointDocument {
  const fields = rule.inner("endpoint", ENDPOINT_KEYS);
  const written: EndpointDocument = {
    enabled: fields.flag("enabled"),
    path_allowlist: set(fields.texts("path_allowlist")),
    path_denylist: set(fields.texts("path_denylist")),
    domain_allowlist: lset(fields.texts("domain_allowlist")),
    domain_denylist: lset(fields.texts("domain_denylist")),
    egress_classes: lset(fields.texts("egress_classes")),
    action: trimLower(fields.text("action")),
    destructive_action: trimLower(fields.text("destructive_action")),
    reason_code: trim(fields.text("reason_code")),
    violation: trim(fields.text("violation")),
  };
  const lists = [
    written.path_allowlist,
    written.path_denylist,
    written.domain_allowlist,
    written.domain_denylist,
    written.egress_classes,
  ];
  if (!written.enabled && written.destructive_action === "" && !anyGiven(lists)) return written;
  checkItems(fields, "egress_classes", written.egress_classes, EGRESS_CLASSES);
  return {
    ...written,
    enabled: true,
    action: oneOf(fields, "action", ACTIONS, "block"),
    destructive_action: oneOf(fields, "destructive_action", ["", ...ACTIONS], ""),
    reason_code: trimmedOr(written.reason_code, "endpoint_constraint_violation"),
    violation: trimmedOr(written.violation, "endpoint_constraint_violation"),
  };
}

/** Read `dataflow` (docs/spec/gate.md 1.5): checked and completed only when something in it turns it on. */
export function readDataflow(rule: Fields): DataflowDocument {
  const fields = rule.inner("dataflow", DATAFLOW_KEYS);
  const written: DataflowDocument = {
    enabled: fields.flag("enabled"),
    tainted_sources: lset(fields.texts("tainted_sources")),
    destination_kinds: lset(fields.texts("destination_kinds")),
    destination_values: set(fields.texts("destination_values")),
    destination_operations: lset(fields.texts("destination_operations")),
    action: trimLower(fields.text("action")),
    reason_code: trim(fields.text("reason_code")),
    violation: trim(fields.text("violation")),
  };
  const lists = [
    written.tainted_sources,
    written.destination_kinds,
    written.destination_values,
    written.destination_operations,
  ];
  if (!written.enabled && !anyGiven(lists)) return written;
  return {
    ...written,
    enabled: true,
    tainted_sources: written.tainted_sources.length === 0
      ? ["external", "tool_output"]
      : written.tainted_sources,
    action: oneOf(fields, "action", ACTIONS, "require_approval"),
    reason_code: trimmedOr(written.reason_code, "dataflow_tainted_destination"),
    violation: trimmedOr(written.violation, "tainted_dataflow"),
  };
}

function anyGiven(lists: readonly (readonly string[])[]): boolean {
  return lists.some((list) => list.length > 0);
}
