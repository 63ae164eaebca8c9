import type { GenericSchema, InferOutput } from "valibot";
import type { Files } from "../effects/types.ts";
import { invalidInput } from "../errors/mod.ts";
import { uniqueSorted } from "../formats/bytes.ts";
import { readJsonObject } from "../formats/json/mod.ts";
import { DOCUMENT_LIMITS, refuseHeavy } from "../formats/zip/documents.ts";
import { APPROVAL_AUDIT_SCHEMA_ID, BROKER_CREDENTIAL_SCHEMA_ID } from "../schema/authority_records.ts";
import { decode } from "../schema/fields.ts";
import {
  type ApprovalEvidence,
  approvalEvidenceSchema,
  type CredentialEvidence,
  credentialEvidenceSchema,
  type InventoryEvidence,
  inventoryEvidenceSchema,
  type RegressEvidence,
  regressEvidenceSchema,
  type TraceEvidence,
  traceEvidenceSchema,
} from "../schema/guard_evidence.ts";
import { RESULT_SCHEMA_ID } from "../schema/regress.ts";

/** A file of evidence: its bytes, read once, and the record decoded from them. */
export interface ReadEvidence<T> {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly record: T;
}

/** Paths of evidence, by kind. */
export interface EvidencePaths {
  readonly inventories: readonly string[];
  readonly traces: readonly string[];
  readonly regress: readonly string[];
  readonly approvals: readonly string[];
  readonly credentials: readonly string[];
}

/** No evidence at all. */
export const NO_PATHS: EvidencePaths = {
  inventories: [],
  traces: [],
  regress: [],
  approvals: [],
  credentials: [],
};

/** Evidence of all kinds, each list sorted by path. */
export interface Evidence {
  readonly inventories: readonly ReadEvidence<InventoryEvidence>[];
  readonly traces: readonly ReadEvidence<TraceEvidence>[];
  readonly regress: readonly ReadEvidence<RegressEvidence>[];
  readonly approvals: readonly ReadEvidence<ApprovalEvidence>[];
  readonly credentials: readonly ReadEvidence<CredentialEvidence>[];
}

/** A kind of evidence: its decoder, and its schema id if it has one. */
export interface EvidenceKind<S extends GenericSchema> {
  readonly what: string;
  readonly schema: S;
  readonly schemaId: string;
}

export const INVENTORY = kind("inventory snapshot", inventoryEvidenceSchema, "gait.scout.inventory_snapshot");
export const TRACE = kind("trace", traceEvidenceSchema, "gait.gate.trace");
export const REGRESS = kind("regress result", regressEvidenceSchema, RESULT_SCHEMA_ID);
export const APPROVAL = kind("approval audit record", approvalEvidenceSchema, APPROVAL_AUDIT_SCHEMA_ID);
export const CREDENTIAL = kind("credential record", credentialEvidenceSchema, BROKER_CREDENTIAL_SCHEMA_ID);

/** The paths given by the user, each list deduplicated and sorted. */
export function sortPaths(paths: EvidencePaths): EvidencePaths {
  const { inventories, traces, regress, approvals, credentials } = paths;
  return {
    inventories: uniqueSorted(inventories),
    traces: uniqueSorted(traces),
    regress: uniqueSorted(regress),
    approvals: uniqueSorted(approvals),
    credentials: uniqueSorted(credentials),
  };
}

/** Read all evidence files; each list keeps the order of its paths. */
export async function readEvidence(paths: EvidencePaths, files: Pick<Files, "read">): Promise<Evidence> {
  const all = async <S extends GenericSchema>(list: readonly string[], kind: EvidenceKind<S>) => {
    const found: ReadEvidence<InferOutput<S>>[] = [];
    for (const path of list) found.push(await readEvidenceFile(path, kind, files));
    return found;
  };
  return {
    inventories: await all(paths.inventories, INVENTORY),
    traces: await all(paths.traces, TRACE),
    regress: await all(paths.regress, REGRESS),
    approvals: await all(paths.approvals, APPROVAL),
    credentials: await all(paths.credentials, CREDENTIAL),
  };
}

/**
 * Read one file of evidence.
 *
 * @throws {GaitError} `invalid_input` if it can't be read, has a duplicate key, or declares another kind: an approval
 * mistaken for a trace would be packed as a call without a verdict
 */
export async function readEvidenceFile<S extends GenericSchema>(
  path: string,
  { what, schema, schemaId }: EvidenceKind<S>,
  files: Pick<Files, "read">,
): Promise<ReadEvidence<InferOutput<S>>> {
  const name = `${what} "${path}"`;
  const bytes = await files.read(path, DOCUMENT_LIMITS.bytes);
  refuseHeavy(name, bytes);
  const document = readJsonObject(bytes, { what: name, duplicates: "refuse" });
  const record = decode(schema, document, name);
  const given = document.schema_id ?? "";
  if (given !== "" && given !== schemaId) {
    throw invalidInput(`Cannot read ${name}: it is "${given}", expected "${schemaId}"`, {
      hint: "Give each file to the flag of its kind",
    });
  }
  return { path, bytes, record };
}

function kind<S extends GenericSchema>(what: string, schema: S, schemaId: string): EvidenceKind<S> {
  return { what, schema, schemaId };
}
