import type { Files } from "../../effects/types.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { isJsonObject, type JsonObject, readJson, readJsonLines } from "../../formats/json/mod.ts";
import { cleanPath, joinPath } from "../../formats/path.ts";
import { isZeroTime } from "../../formats/time.ts";
import {
  APPROVAL_AUDIT_SCHEMA_ID,
  BROKER_CREDENTIAL_SCHEMA_ID,
  DELEGATION_AUDIT_SCHEMA_ID,
} from "../../schema/authority_records.ts";
import { decode } from "../../schema/fields.ts";
import { GATE_RESULT_SCHEMA_ID, type GateResult, gateResultSchema } from "../../schema/gate_result.ts";
import type { EvidenceKind } from "../../schema/run_authorization.ts";
import { APPROVAL_TOKEN_SCHEMA_ID, DELEGATION_TOKEN_SCHEMA_ID } from "../../schema/tokens.ts";
import { TRACE_SCHEMA_ID } from "../../schema/trace_record.ts";
import { checkOrigin, type DecidedTrace, inDecisionOrder, readDecidedTrace } from "./decided.ts";
import { NO_KEYS } from "../../signing/mod.ts";
import { JOURNAL_FOLDER } from "./log.ts";

/** A record or token that belongs to a decision. */
export interface CollectedRecord {
  readonly kind: Exclude<EvidenceKind, "trace" | "policy">;
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly document: JsonObject;
}

/** A trace and its file. */
export interface CollectedTrace {
  readonly path: string;
  readonly trace: DecidedTrace;
}

/** What folders and files hold about the decisions of a gate. */
export interface CollectedRecords {
  /** In the order of the decisions. */
  readonly traces: readonly CollectedTrace[];
  readonly records: readonly CollectedRecord[];
  readonly results: readonly GateResult[];
  /** What was passed over, and what may be missing. */
  readonly notes: readonly string[];
}

const RECORD_KINDS: Readonly<Record<string, CollectedRecord["kind"]>> = {
  [APPROVAL_TOKEN_SCHEMA_ID]: "approval_token",
  [APPROVAL_AUDIT_SCHEMA_ID]: "approval_audit",
  [DELEGATION_TOKEN_SCHEMA_ID]: "delegation_token",
  [DELEGATION_AUDIT_SCHEMA_ID]: "delegation_audit",
  [BROKER_CREDENTIAL_SCHEMA_ID]: "credential_evidence",
};

/** Records of decisions are small; a larger file is none. 4 MiB, and 256 MiB for lines of results. */
const MAX_RECORD_BYTES = 1 << 22;
const MAX_RESULTS_BYTES = 1 << 28;

/**
 * Read what folders and files hold about decisions: traces, tokens, audits, credentials and results. Other files of a
 * folder are passed over; a damaged trace is not, because without it the evidence would say less than the gate did.
 *
 * @param session keep the traces of this session alone
 * @throws {GaitError} `invalid_input` for a missing path, a file that is given and can't be used, a damaged record,
 * or when there is no trace
 */
export async function collectRecords(
  paths: readonly string[],
  files: Files,
  session?: string,
): Promise<CollectedRecords> {
  const found = {
    traces: [] as CollectedTrace[],
    records: [] as CollectedRecord[],
    results: [] as GateResult[],
  };
  const notes: string[] = [];
  const seen = new Set<string>();
  const take = async (path: string, given: boolean) => {
    const real = await files.realPath(path);
    if (seen.has(real)) return;
    seen.add(real);
    if (!await readOne(path, files, given, found)) notes.push(`"${path}" is not about a decision`);
  };
  for (const given of paths) {
    const path = cleanPath(given);
    if (await files.isFile(path)) {
      await take(path, true);
      continue;
    }
    const kind = (await files.stat(path))?.kind;
    if (kind !== "folder" && kind !== "symlink") {
      throw invalidInput(`Cannot find traces at "${given}"`, {
        hint: "Give the folder of the traces, or files",
      });
    }
    for (const name of await files.list(path)) {
      const file = joinPath(path, name);
      // Links found in folders are not followed: whoever placed one would choose what becomes evidence.
      if (/\.jsonl?$/i.test(name) && (await files.stat(file))?.kind === "file") await take(file, false);
    }
    if ((await files.list(joinPath(path, JOURNAL_FOLDER))).some((name) => name.endsWith(".jsonl"))) {
      notes.push(
        `"${path}" has a journal: a gate uses the folder, or left it in a crash, so traces may be missing`,
      );
    }
  }
  const ofSession = session === undefined
    ? found.traces
    : found.traces.filter(({ trace }) => trace.sessionId === session);
  if (ofSession.length === 0) throw noTraces(found.traces.map(({ trace }) => trace.sessionId), session);
  return { ...found, traces: inDecisionOrder(ofSession, ({ trace }) => trace), notes };
}

function noTraces(sessions: readonly string[], session: string | undefined): GaitError {
  if (session === undefined || sessions.length === 0) {
    return invalidInput("Cannot use traces: there are none", {
      hint: "gait gate eval and gait gate stream write them; give their folder",
    });
  }
  const named = [...new Set(sessions)].filter((id) => id !== "").slice(0, 5);
  return invalidInput(`Cannot use traces: none is of session "${session}"`, {
    hint: named.length === 0
      ? "The calls have no context.session_id"
      : `There are traces of: ${named.join(", ")}`,
  });
}

interface Found {
  readonly traces: CollectedTrace[];
  readonly records: CollectedRecord[];
  readonly results: GateResult[];
}

/** @returns whether the file is about decisions */
async function readOne(path: string, files: Files, given: boolean, found: Found): Promise<boolean> {
  const lines = /\.jsonl$/i.test(path);
  const bytes = await files.read(path, lines ? MAX_RESULTS_BYTES : MAX_RECORD_BYTES);
  if (lines) return readResults(bytes, path, given, found);
  const what = `"${path}"`;
  let document: unknown;
  try {
    document = readJson(bytes, { what, duplicates: "refuse" });
  } catch (error) {
    // A torn trace must not vanish from the evidence.
    if (given || /^(?:.*\/)?(?:trace|approval_audit|delegation_audit|credential_evidence)_/.test(path)) {
      throw error;
    }
    return false;
  }
  const id = isJsonObject(document) ? document.schema_id : undefined;
  if (typeof id === "string" && isJsonObject(document)) {
    const kind = Object.hasOwn(RECORD_KINDS, id) ? RECORD_KINDS[id] : undefined;
    if (id === TRACE_SCHEMA_ID) found.traces.push({ path, trace: await intactTrace(bytes, what) });
    else if (id === GATE_RESULT_SCHEMA_ID) found.results.push(readResult(document, what));
    else if (kind) found.records.push({ kind, path, bytes, document });
    else if (given) throw notAbout(path);
    else return false;
    return true;
  }
  if (given) throw notAbout(path);
  return false;
}

/** A trace that is as it was signed; by whom is for those to check who know the keys. */
async function intactTrace(bytes: Uint8Array<ArrayBuffer>, what: string): Promise<DecidedTrace> {
  const trace = await readDecidedTrace(bytes, `trace ${what}`);
  const origin = await checkOrigin(trace, NO_KEYS);
  if (origin.kind === "unknown_key") return trace;
  const problem = origin.kind === "wrong" ? origin.problem : "it is not signed";
  throw invalidInput(`Cannot use trace ${what}: ${problem}`, {
    hint: "Only traces as the gate signed them prove what it decided",
  });
}

function readResults(bytes: Uint8Array, path: string, given: boolean, found: Found): boolean {
  try {
    const results = [...readJsonLines(bytes, `"${path}"`, { duplicates: "refuse", numbers: "exact" })].map(
      ({ line, value }) => {
        if (!isJsonObject(value) || value.schema_id !== GATE_RESULT_SCHEMA_ID) throw notAbout(path);
        return readResult(value, `"${path}", line ${line}`);
      },
    );
    for (const result of results) found.results.push(result);
    return results.length > 0;
  } catch (error) {
    if (given || !(error instanceof GaitError) || /(?:^|\/)results?[^/]*\.jsonl$/.test(path)) throw error;
    return false;
  }
}

/**
 * Read what became of a call.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readResult(document: JsonObject, what: string): GateResult {
  const result = decode(gateResultSchema, document, what);
  const fault = result.status.trim() === ""
    ? "status is missing"
    : result.trace_id === "" && result.event_id === ""
    ? "trace_id is missing"
    : result.result_digest !== "" && !/^[0-9a-f]{64}$/.test(result.result_digest)
    ? "result_digest is not 64 lower-case hex digits"
    : isZeroTime(result.created_at)
    ? "created_at is missing"
    : undefined;
  if (fault !== undefined) throw invalidInput(`Cannot use ${what}: ${fault}`);
  return result;
}

function notAbout(path: string): GaitError {
  return invalidInput(`Cannot use "${path}": it is not about a decision of the gate`, {
    hint:
      "Give traces, approval and delegation tokens, audits, credential records, or results (gait.gate.result)",
  });
}
