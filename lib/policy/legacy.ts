import { GaitError } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { placeOf, type YamlNode, type YamlSource } from "../formats/yaml/mod.ts";

/** Keys of an older policy language and their replacements, in the order in which they are reported. */
const LEGACY: readonly { readonly field: string; readonly now: readonly string[]; readonly note?: string }[] =
  [
    { field: "version", now: ["schema_id", "schema_version"] },
    { field: "name", now: [], note: "Remove it: a policy is named by its file and its digest" },
    { field: "boundaries", now: ["rules", "mcp_trust"] },
    { field: "defaults", now: ["default_verdict", "fail_closed"] },
    { field: "trust_sources", now: ["mcp_trust.snapshot"] },
    { field: "unknown_server", now: ["mcp_trust.action"] },
  ];

/** A policy in an older language: `invalid_input`, with instructions for migrating it. */
export class LegacyPolicyError extends GaitError {
  /** The member `migration` of the JSON error (docs/spec/gate.md 1.1, item 1). */
  readonly migration: JsonObject;

  constructor(message: string, migration: JsonObject) {
    super("invalid_input", message, {
      detail: "legacy_policy",
      hint: "Write the policy as docs/policy.md describes it; docs/contracts/policy.md has the keys",
    });
    this.migration = migration;
  }
}

/** Refuse a policy whose root holds a key of the older language. */
export function refuseLegacyKeys(root: YamlNode | undefined, source: YamlSource): void {
  if (root?.kind !== "mapping") return;
  const present = LEGACY.filter(({ field }) => root.entries.some(({ key }) => key.text === field));
  const first = root.entries.find(({ key }) => key.text === present[0]?.field);
  if (!first) return;
  const names = present.map(({ field }) => field);
  const { line, column } = placeOf(source.text, first.key.at);
  const listed = names.map((name) => `"${name}"`).join(", ");
  throw new LegacyPolicyError(
    `Keys of an older policy language: ${listed} (${source.name}:${line}:${column})`,
    {
      kind: "policy_fields",
      deprecated_fields: names,
      field_replacements: present.map(({ field, now, note }) => ({
        field,
        ...(now.length > 0 ? { replacement_fields: [...now] } : {}),
        ...(note === undefined ? {} : { note }),
      })),
    },
  );
}

/** The `migration` member of the JSON error for an older policy; `undefined` for other errors. */
export function policyMigration(error: unknown): JsonObject | undefined {
  return error instanceof LegacyPolicyError ? error.migration : undefined;
}
