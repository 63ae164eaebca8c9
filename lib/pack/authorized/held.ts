import { GaitError, invalidInput } from "../../errors/mod.ts";
import { type JsonObject, readJsonObject } from "../../formats/json/mod.ts";
import type { ZipArchive } from "../../formats/zip/mod.ts";
import { type DocumentLimits, readDocument } from "../../formats/zip/documents.ts";
import { type DecidedTrace, readDecidedTrace } from "../../gate/trace/decided.ts";
import { type LoadedPolicy, parsePolicy } from "../../policy/parse.ts";
import {
  approvalAuditSchema,
  brokerCredentialSchema,
  delegationAuditSchema,
} from "../../schema/authority_records.ts";
import { decode } from "../../schema/fields.ts";
import { PACK_ENTRY, RUN_EVIDENCE_FOLDER } from "../../schema/pack_layout.ts";
import {
  type EvidenceKind,
  RUN_AUTHORIZATION_SCHEMA_ID,
  type RunAuthorization,
  runAuthorizationSchema,
} from "../../schema/run_authorization.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import { equalHex, sha256 } from "../../signing/mod.ts";
import { type ApprovalToken, parseApprovalToken } from "../../tokens/approval_token.ts";
import { type DelegationToken, parseDelegationToken } from "../../tokens/delegation_token.ts";
import { decodeDocument, demand } from "../contracts/contract.ts";
import { failureOf, type Finding } from "../report.ts";

/** Limits of a record, and of all of them together: the values of all are in memory at once. */
const RECORD_LIMITS: DocumentLimits = { bytes: 4 << 20, weight: 32 << 20 };
const MAX_TOTAL_BYTES = 128 << 20;

/** A piece of evidence with its path in the pack. */
export interface Held<T> {
  readonly path: string;
  readonly value: T;
}

/** An audit with all that it says. */
export interface HeldAudit<T> extends Held<T> {
  readonly document: JsonObject;
}

/** The evidence of a gated run, read and decoded. */
export interface HeldEvidence {
  readonly index: RunAuthorization;
  readonly traces: ReadonlyMap<string, DecidedTrace>;
  readonly approvals: readonly Held<ApprovalToken>[];
  readonly approvalAudits: readonly HeldAudit<ReturnType<typeof readApprovalAudit>>[];
  readonly delegations: readonly Held<DelegationToken>[];
  readonly delegationAudits: readonly HeldAudit<ReturnType<typeof readDelegationAudit>>[];
  readonly credentials: readonly Held<ReturnType<typeof readCredential>>[];
  readonly policies: readonly Held<LoadedPolicy>[];
  /** What is missing, changed, not linked or not readable. */
  readonly findings: readonly Finding[];
}

export function readApprovalAudit(document: JsonObject, what: string) {
  return decode(approvalAuditSchema, document, what);
}

export function readDelegationAudit(document: JsonObject, what: string) {
  return decode(delegationAuditSchema, document, what);
}

export function readCredential(document: JsonObject, what: string) {
  return decode(brokerCredentialSchema, document, what);
}

/**
 * Read the index of the evidence.
 *
 * @throws {GaitError} `invalid_input` when it breaks its contract
 */
export async function readIndex(archive: ZipArchive): Promise<RunAuthorization> {
  const what = PACK_ENTRY.runAuthorization;
  const index = await decodeDocument(archive, what, runAuthorizationSchema, "exact");
  demand(
    index.schema_id === RUN_AUTHORIZATION_SCHEMA_ID && index.schema_version === RECORD_VERSION,
    what,
    `it is "${index.schema_id}" ${index.schema_version}`,
  );
  demand(index.policies.length > 0, what, "it names no policy");
  return index;
}

/** Read the evidence that the index links, and nothing else of the pack (docs/spec/pack.md 4.4). */
export async function readHeld(archive: ZipArchive): Promise<HeldEvidence> {
  const index = await readIndex(archive);
  const findings: Finding[] = [];
  const found = {
    index,
    traces: new Map<string, DecidedTrace>(),
    approvals: [] as Held<ApprovalToken>[],
    approvalAudits: [] as HeldAudit<ReturnType<typeof readApprovalAudit>>[],
    delegations: [] as Held<DelegationToken>[],
    delegationAudits: [] as HeldAudit<ReturnType<typeof readDelegationAudit>>[],
    credentials: [] as Held<ReturnType<typeof readCredential>>[],
    policies: [] as Held<LoadedPolicy>[],
    findings,
  };
  const take: Readonly<
    Record<EvidenceKind, (path: string, bytes: Uint8Array<ArrayBuffer>) => Promise<unknown> | unknown>
  > = {
    trace: async (path, bytes) => found.traces.set(path, await readDecidedTrace(bytes, path)),
    approval_token: (path, bytes) =>
      found.approvals.push({ path, value: parseApprovalToken(signedObject(bytes, path), path) }),
    approval_audit: (path, bytes) => {
      const document = plainObject(bytes, path);
      found.approvalAudits.push({ path, value: readApprovalAudit(document, path), document });
    },
    delegation_token: (path, bytes) =>
      found.delegations.push({ path, value: parseDelegationToken(signedObject(bytes, path), path) }),
    delegation_audit: (path, bytes) => {
      const document = plainObject(bytes, path);
      found.delegationAudits.push({ path, value: readDelegationAudit(document, path), document });
    },
    credential_evidence: (path, bytes) =>
      found.credentials.push({ path, value: readCredential(plainObject(bytes, path), path) }),
    policy: async (path, bytes) => found.policies.push({ path, value: await parsePolicy(bytes, path) }),
  };
  const linked = new Set<string>();
  let total = 0;
  for (const { kind, path, sha256: digest } of index.evidence) {
    if (linked.has(path)) findings.push(failureOf("evidence_repeated", "the index lists it twice", path));
    linked.add(path);
    if (!path.startsWith(RUN_EVIDENCE_FOLDER) || !archive.has(path)) {
      findings.push(failureOf("evidence_missing", "the index lists it, the pack does not have it", path));
      continue;
    }
    try {
      total += archive.sizeOf(path) ?? 0;
      if (total > MAX_TOTAL_BYTES) {
        throw invalidInput(`Cannot read pack: its records are larger than ${MAX_TOTAL_BYTES} bytes`);
      }
      const bytes = await readDocument(archive, path, RECORD_LIMITS);
      if (!equalHex(digest, await sha256(bytes))) {
        findings.push(failureOf("evidence_changed", "it is not what the index lists", path));
        continue;
      }
      await take[kind](path, bytes);
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      findings.push(failureOf(`${kind}_invalid`, error.message, path));
    }
  }
  for (const name of archive.names) {
    if (!name.startsWith(RUN_EVIDENCE_FOLDER) || linked.has(name)) continue;
    findings.push(failureOf("evidence_unlisted", "the index does not list it", name));
  }
  return found;
}

function signedObject(bytes: Uint8Array, what: string): JsonObject {
  return readJsonObject(bytes, { what, signed: true });
}

function plainObject(bytes: Uint8Array, what: string): JsonObject {
  return readJsonObject(bytes, { what, duplicates: "refuse", numbers: "exact" });
}
