import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { digestOf, type Hasher, sha256 } from "../../signing/mod.ts";

/*
 * Audits have no signature: readers of their form refuse members that they don't know. A trace, which is signed and has
 * the verdict, names its audits by their digests instead (docs/spec/tokens.md 3.11), so that an audit is as good as the
 * signature of its trace.
 */

/** The audits that a trace can name. */
export type AuditKind = "approval_audit" | "delegation_audit";

/** How a trace names an audit: its kind and the digest of its canonical form. */
export async function auditRecordId(
  kind: AuditKind,
  document: JsonValue,
  hash: Hasher = sha256,
): Promise<string> {
  return `${kind}:${await digestOf(document, hash)}`;
}

/** The audits of a kind that a trace names; none in traces of other programs. */
export function auditIdsIn({ relationship }: JsonObject, kind: AuditKind): readonly string[] {
  const ids = isJsonObject(relationship) ? relationship.related_record_ids : undefined;
  return Array.isArray(ids)
    ? ids.filter((id): id is string => typeof id === "string" && id.startsWith(`${kind}:`))
    : [];
}

/**
 * Whether an audit is one that the traces of its trace id name. Several decisions can have one trace id, each with an
 * audit of its own.
 *
 * @param traces all traces of that id
 * @returns `unnamed` when none of them names any audit of this kind, as other programs write them
 */
export async function audited(
  kind: AuditKind,
  document: JsonValue,
  traces: readonly JsonObject[],
): Promise<"named" | "unnamed" | "foreign"> {
  const named = traces.flatMap((trace) => auditIdsIn(trace, kind));
  if (named.length === 0) return "unnamed";
  return named.includes(await auditRecordId(kind, document)) ? "named" : "foreign";
}

/**
 * Leave out the audits that no trace names where the named one is there: they are of decisions with the same trace id
 * that are not among the traces. Where the named one is missing all stay, and verification finds them foreign.
 */
export async function withoutOthers<T>(
  kind: AuditKind,
  audits: readonly T[],
  of: (audit: T) => { readonly traceId: string; readonly document: JsonValue },
  tracesOf: (traceId: string) => readonly JsonObject[],
): Promise<T[]> {
  const named = new Set<string>();
  const foreign = new Set<T>();
  for (const audit of audits) {
    const { traceId, document } = of(audit);
    const state = await audited(kind, document, tracesOf(traceId));
    if (state === "named") named.add(traceId);
    if (state === "foreign") foreign.add(audit);
  }
  return audits.filter((audit) => !foreign.has(audit) || !named.has(of(audit).traceId));
}
