import type { Files } from "../../effects/types.ts";
import { invalidInput } from "../../errors/mod.ts";
import { asText, readJsonObject } from "../../formats/json/mod.ts";
import { APPROVAL_AUDIT_SCHEMA_ID, DELEGATION_AUDIT_SCHEMA_ID } from "../../schema/authority_records.ts";
import { audited, type AuditKind } from "./audit_ids.ts";

/** An audit compared with the trace of its decision. */
export interface AuditReport {
  readonly path: string;
  readonly kind: AuditKind;
  /** `unnamed` when the trace names no audit, as other programs write them: then nothing vouches for it. */
  readonly state: "named" | "unnamed" | "foreign";
}

/** Larger audits are refused: 4 MiB. */
const MAX_AUDIT_BYTES = 1 << 22;

const KINDS: Readonly<Record<string, AuditKind>> = {
  [APPROVAL_AUDIT_SCHEMA_ID]: "approval_audit",
  [DELEGATION_AUDIT_SCHEMA_ID]: "delegation_audit",
};

/**
 * Compare audits with a trace, whose signature is checked elsewhere (docs/spec/tokens.md 3.11).
 *
 * @throws {GaitError} `invalid_input` when a file is no audit
 */
export async function verifyAudits(
  paths: readonly string[],
  trace: Uint8Array,
  files: Pick<Files, "read">,
): Promise<AuditReport[]> {
  if (paths.length === 0) return [];
  const document = readJsonObject(trace, { what: "trace", signed: true });
  const reports: AuditReport[] = [];
  for (const path of paths) {
    const bytes = await files.read(path, MAX_AUDIT_BYTES);
    const audit = readJsonObject(bytes, { what: `audit "${path}"`, duplicates: "refuse", signed: true });
    const kind = KINDS[asText(audit.schema_id ?? "")];
    if (kind === undefined) {
      throw invalidInput(`Cannot use "${path}": it is no audit of approvals or delegations`, {
        hint: "Give what gait gate eval writes beside the trace",
      });
    }
    reports.push({ path, kind, state: await audited(kind, audit, [document]) });
  }
  return reports;
}
