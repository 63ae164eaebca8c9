import { GaitError, invalidInput } from "../../errors/mod.ts";
import { compile } from "../../evaluate/compile.ts";
import { evaluateCompiled } from "../../evaluate/evaluate.ts";
import { encodeExplanation } from "../../evaluate/explain/encode.ts";
import { explainDecision } from "../../evaluate/explain/explain.ts";
import { isJsonObject, type JsonObject, readJsonObject } from "../../formats/json/mod.ts";
import { folderOf, joinPath } from "../../formats/path.ts";
import { verifyTrace } from "../../gate/trace/verify.ts";
import { encodeIntentForDigest, withoutClaims } from "../../intent/digest.ts";
import { loadTrustFolder } from "../../signing/mod.ts";
import type { UiEffects } from "../context.ts";
import type { KnownIntents } from "../known_intents.ts";
import type { KnownPolicies } from "../policy/known_policies.ts";
import type { KnownRuns } from "../runs/known_runs.ts";
import { encodeRow, rowOf, type TraceRow } from "./row.ts";
import { MAX_TRACE_BYTES, type TraceIndex } from "./trace_index.ts";

/** Most other decisions that are listed. */
const MAX_SAME = 20;

/** What the detail of a trace is put together from. */
export interface TraceSources {
  readonly index: TraceIndex;
  readonly intents: KnownIntents;
  readonly policies: KnownPolicies;
  readonly runs: KnownRuns;
  readonly effects: UiEffects;
}

/**
 * Everything that is known about one decision: its record and signature, the call and the rules behind it where intent
 * and policy are found, its approvals, and where it was carried out.
 *
 * @throws {GaitError} `invalid_input` for a path that the index does not list
 */
export async function traceDetail(path: string, sources: TraceSources): Promise<JsonObject> {
  const { index, effects } = sources;
  if (!index.has(path)) throw invalidInput("There is no such trace in the folders of this page");
  const bytes = await effects.files.read(path, MAX_TRACE_BYTES);
  const row = rowOf(path, bytes);
  if (row.error !== undefined) return { row: encodeRow(row) };
  const record = readJsonObject(bytes, { what: "trace" });
  const argsDigest = typeof record.args_digest === "string" ? record.args_digest : "";
  return {
    row: encodeRow(row),
    record,
    signature: await signatureOf(bytes, sources),
    ...await decisionOf(row.intent, row.policy, sources),
    ...await companion(path, `approval_audit_${row.id}`, "approval", sources),
    ...await companion(path, `credential_evidence_${row.id}`, "credential", sources),
    same_call: sameCall(row, path, index).map(encodeRow),
    executions: await sources.runs.executionsOf(row.tool, argsDigest),
  };
}

/** Other decisions about the same call, the newest. */
function sameCall({ intent }: TraceRow, path: string, { rows }: TraceIndex): readonly TraceRow[] {
  const found: TraceRow[] = [];
  for (const other of rows.withIntent(intent)) {
    if (other.path !== path) found.push(other);
    if (found.length === MAX_SAME) break;
  }
  return found;
}

async function signatureOf(bytes: Uint8Array, { effects }: TraceSources): Promise<JsonObject> {
  try {
    const report = await verifyTrace(bytes, await loadTrustFolder(effects.files));
    if (report.ok) return { status: "verified", key_id: report.keyId ?? "", trust: report.trust ?? "" };
    if (report.unknownKey) return { status: "unknown_key" };
    return { status: "failed", error: report.error ?? "the record was changed after it was signed" };
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return { status: "unchecked", error: error.message };
  }
}

/** The call and its evaluation, if a file has the intent and another one the policy. */
async function decisionOf(
  intentDigest: string,
  policyDigest: string,
  { intents, policies }: TraceSources,
): Promise<JsonObject> {
  const known = await intents.byDigest(intentDigest);
  const policy = await policies.byDigest(policyDigest);
  const found: JsonObject = policy ? { policy_path: policy.path } : {};
  if (!known) return found;
  found.intent_path = known.path;
  found.call = encodeIntentForDigest(known.intent);
  if (!policy) return found;
  const compiled = compile(policy.loaded.policy);
  const prepared = withoutClaims(known.intent);
  const evaluation = evaluateCompiled(compiled, prepared);
  found.explanation = encodeExplanation(explainDecision(compiled, prepared, evaluation));
  return found;
}

/** A record that the gate wrote along with the trace. */
async function companion(
  path: string,
  stem: string,
  member: string,
  { effects: { files } }: TraceSources,
): Promise<JsonObject> {
  if (!/^[\w.-]+$/.test(stem)) return {};
  const place = joinPath(folderOf(path), `${stem}.json`);
  if ((await files.stat(place))?.kind !== "file") return {};
  try {
    const record = readJsonObject(await files.read(place, MAX_TRACE_BYTES), { what: member });
    return isJsonObject(record) ? { [member]: record } : {};
  } catch (error) {
    if (error instanceof GaitError) return {};
    throw error;
  }
}
