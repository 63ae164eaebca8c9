import { lset, set, trim } from "../formats/text.ts";
import type { AnnotationsDocument, MatchDocument } from "./document.ts";
import type { Fields } from "./fields.ts";
import { DISCOVERY_METHODS, ENDPOINT_CLASSES } from "./types.ts";
import { checkItems } from "./values.ts";

/** Keys of `match`, in the order of `policy fmt` (docs/spec/gate.md 6.1). */
const KEYS = [
  "tool_name",
  "tool_names",
  "risk_classes",
  "target_kinds",
  "target_values",
  "endpoint_class",
  "endpoint_classes",
  "discovery_method",
  "tool_annotations",
  "skill_publishers",
  "skill_sources",
  "data_classes",
  "destination_kinds",
  "destination_values",
  "destination_operations",
  "provenance_sources",
  "identities",
  "workspace_prefixes",
  "context_tool_names",
  "context_data_classes",
  "context_endpoint_classes",
  "context_autonomy_levels",
  "require_delegation",
  "allowed_delegator_identities",
  "allowed_delegate_identities",
  "delegation_scopes",
  "max_delegation_depth",
];

/** Read `match` (docs/spec/gate.md 1.3); a rule without it matches everything. */
export function readMatch(rule: Fields): MatchDocument {
  const fields = rule.inner("match", KEYS);
  const words = (name: string) => unlessEmpty(fields.texts(name), lset);
  const values = (name: string) => unlessEmpty(fields.texts(name), set);
  const toolName = fields.text("tool_name");
  const endpointClass = fields.texts("endpoint_class");
  const depth = fields.optionalInteger("max_delegation_depth");
  if (depth !== null && depth < 0n) {
    fields.mistake(
      "max_delegation_depth",
      `"max_delegation_depth" must not be negative, found ${depth}`,
    );
  }
  return {
    tool_name: toolName,
    tool_names: lset([...fields.texts("tool_names"), ...(trim(toolName) === "" ? [] : [toolName])]),
    risk_classes: words("risk_classes"),
    target_kinds: words("target_kinds"),
    target_values: values("target_values"),
    endpoint_class: endpointClass,
    endpoint_classes: checkItems(
      fields,
      "endpoint_classes",
      lset([...fields.texts("endpoint_classes"), ...endpointClass]),
      ENDPOINT_CLASSES,
    ),
    discovery_method: checkItems(fields, "discovery_method", words("discovery_method"), DISCOVERY_METHODS),
    tool_annotations: readAnnotations(fields),
    skill_publishers: words("skill_publishers"),
    skill_sources: words("skill_sources"),
    data_classes: words("data_classes"),
    destination_kinds: words("destination_kinds"),
    destination_values: values("destination_values"),
    destination_operations: words("destination_operations"),
    provenance_sources: words("provenance_sources"),
    identities: values("identities"),
    workspace_prefixes: values("workspace_prefixes"),
    context_tool_names: words("context_tool_names"),
    context_data_classes: words("context_data_classes"),
    context_endpoint_classes: words("context_endpoint_classes"),
    context_autonomy_levels: words("context_autonomy_levels"),
    require_delegation: fields.flag("require_delegation"),
    allowed_delegator_identities: values("allowed_delegator_identities"),
    allowed_delegate_identities: values("allowed_delegate_identities"),
    delegation_scopes: words("delegation_scopes"),
    max_delegation_depth: depth,
  };
}

function unlessEmpty(items: readonly string[], normalise: (items: readonly string[]) => string[]) {
  return items.length === 0 ? items : normalise(items);
}

function readAnnotations(match: Fields): AnnotationsDocument {
  const fields = match.inner("tool_annotations", [
    "readOnlyHint",
    "destructiveHint",
    "idempotentHint",
    "openWorldHint",
  ]);
  return {
    readOnlyHint: fields.optionalFlag("readOnlyHint"),
    destructiveHint: fields.optionalFlag("destructiveHint"),
    idempotentHint: fields.optionalFlag("idempotentHint"),
    openWorldHint: fields.optionalFlag("openWorldHint"),
  };
}
