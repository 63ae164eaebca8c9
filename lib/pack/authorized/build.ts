import { invalidInput, invalidOption } from "../../errors/mod.ts";
import { asText, canonicalBytes } from "../../formats/json/mod.ts";
import { EPOCH_1980, parseTime, timeOfMillis } from "../../formats/time.ts";
import type { Files } from "../../effects/types.ts";
import { withoutOthers } from "../../gate/trace/audit_ids.ts";
import {
  type CollectedRecord,
  type CollectedRecords,
  type CollectedTrace,
  collectRecords,
} from "../../gate/trace/collect.ts";
import { parsePolicy } from "../../policy/parse.ts";
import { recordRequest } from "../../runpack/record_request.ts";
import { runOfTraces } from "../../runpack/from_traces.ts";
import { NO_VERSION, PACK_ENTRY, RUN_EVIDENCE_FOLDER } from "../../schema/pack_layout.ts";
import {
  encodeRunAuthorization,
  type EvidenceKind,
  RUN_AUTHORIZATION_SCHEMA_ID,
  type RunAuthorization,
} from "../../schema/run_authorization.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import { type PrivateKey, sha256 } from "../../signing/mod.ts";
import { proveItVerifies } from "../prove.ts";
import { buildRunPack } from "../build_run.ts";
import { scanRunpack } from "../scan_runpack.ts";
import type { PackFile, SealedPack } from "../seal.ts";
import { delegationIdsIn, tokenIdsIn } from "./check_grants.ts";
import { matchTraces } from "./match.ts";
import type { RunCall, RunResult } from "./verify.ts";

/** What a pack of a gated run is built from. */
export interface AuthorizedOptions {
  /** Folders and files of traces, tokens, audits and results. */
  readonly traces: readonly string[];
  /** The policies that decided: one, and another for each time that it changed. */
  readonly policies: readonly string[];
  /** The calls of this session alone. */
  readonly session?: string | undefined;
  /** Name the policies by their digest, and leave them out. */
  readonly withoutPolicy?: boolean;
  /** A recorded run whose calls the traces decide; by default the run is made of the traces. */
  readonly runpack?: Uint8Array<ArrayBuffer>;
  readonly key?: PrivateKey | undefined;
}

/** Effects for building. */
export interface AuthorizedEffects {
  readonly files: Files;
  readonly now: () => number;
  readonly os: string;
  readonly arch: string;
}

/** More files would make an archive that no reader takes (docs/spec/core.md 3.8). */
const MAX_EVIDENCE = 9_900;

/**
 * Build a pack of a gated run (docs/spec/pack.md 3.5): the run, and the evidence of every decision about it.
 *
 * @throws {GaitError} `invalid_input` when a trace is damaged or of another policy, a call has no trace, or a token
 * that a trace names is not there, or what was built would not verify
 */
export async function buildAuthorizedRun(
  options: AuthorizedOptions,
  effects: AuthorizedEffects,
  version: string,
): Promise<{ readonly pack: SealedPack; readonly notes: readonly string[] }> {
  const { session, key } = options;
  const collected = await collectRecords(options.traces, effects.files, session);
  const policies = await readPolicies(options, effects.files);
  for (const { path, trace } of collected.traces) {
    if (policies.some(({ digest }) => digest === trace.record.policy_digest)) continue;
    throw invalidOption(
      (name) => `Cannot pack run: trace "${path}" is by a policy that is not given with ${name("policies")}`,
      () =>
        `It is by the policy with the digest ${trace.record.policy_digest}; gait policy validate shows digests`,
    );
  }
  demandTokens(collected);
  const { runpack, traceOf } = options.runpack
    ? { runpack: options.runpack, traceOf: await matchRun(options.runpack, collected) }
    : await runOf(collected, session, effects, version);
  const evidence = await evidenceOf(collected, policies, options.withoutPolicy ?? false);
  const pathOf = new Map(evidence.flatMap(({ trace, file }) => trace ? [[trace, file.path] as const] : []));
  const runId = (await scanRunpack(runpack)).run.run_id;
  const index: RunAuthorization = {
    schema_id: RUN_AUTHORIZATION_SCHEMA_ID,
    schema_version: RECORD_VERSION,
    created_at: EPOCH_1980,
    producer_version: version.trim() || NO_VERSION,
    run_id: runId,
    session_id: session ?? "",
    policies: policies.map(({ digest }, at) => ({
      policy_digest: digest,
      path: options.withoutPolicy ? "" : policyPath(at),
    })),
    calls: [...traceOf].map(([intentId, trace]) => ({ intent_id: intentId, trace_path: pathOf.get(trace)! })),
    evidence: await Promise.all(
      evidence.map(async ({ kind, file }) => ({ kind, path: file.path, sha256: await sha256(file.content) })),
    ),
  };
  const files = [
    { path: PACK_ENTRY.runAuthorization, content: canonicalBytes(encodeRunAuthorization(index)) },
    ...evidence.map(({ file }) => file),
  ];
  const { pack } = await buildRunPack(runpack, version, key, files);
  await proveItVerifies(pack);
  const left = collected.records.length -
    evidence.filter(({ trace, kind }) => !trace && kind !== "policy").length;
  return {
    pack,
    notes: [
      ...collected.notes,
      ...(left > 0 ? [`${left} tokens or records belong to no packed trace, and are left out`] : []),
    ],
  };
}

/** A token that let a call pass must be there: without it, nobody can check who approved. */
function demandTokens({ traces, records }: CollectedRecords): void {
  const given = { approval: new Set<string>(), delegation: new Set<string>() };
  for (const { kind, document } of records) {
    if (kind === "approval_token") given.approval.add(String(document.token_id));
    if (kind === "delegation_token") given.delegation.add(String(document.token_id));
  }
  for (const { path, trace } of traces) {
    if (trace.record.verdict !== "allow") continue;
    const needed = [
      ...tokenIdsIn(trace.record.approval_token_ref).map((id) => ["approval", id] as const),
      ...delegationIdsIn(trace).map((id) => ["delegation", id] as const),
    ];
    const absent = needed.find(([kind, id]) => !given[kind].has(id));
    if (!absent) continue;
    throw invalidInput(
      `Cannot pack run: trace "${path}" names ${absent[0]} token ${absent[1]}, which is not there`,
      {
        hint: "Give the file of the token, or its folder, with the traces",
      },
    );
  }
}

interface GivenPolicy {
  readonly digest: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

async function readPolicies({ policies }: AuthorizedOptions, files: Files): Promise<GivenPolicy[]> {
  const read: GivenPolicy[] = [];
  for (const path of policies) {
    const content = await files.read(path);
    const { digest } = await parsePolicy(content, path);
    if (read.some((one) => one.digest === digest)) continue;
    read.push({ digest, content });
  }
  return read;
}

function policyPath(at: number): string {
  return `${RUN_EVIDENCE_FOLDER}policy${at === 0 ? "" : `_${at + 1}`}.yaml`;
}

async function runOf(
  collected: CollectedRecords,
  session: string | undefined,
  effects: AuthorizedEffects,
  version: string,
) {
  const { input, traceOf } = await runOfTraces(collected, { session });
  const { packed } = await recordRequest(input, { now: timeOfMillis(effects.now()) }, {}, effects, version);
  return { runpack: packed.bytes, traceOf };
}

async function matchRun(
  runpack: Uint8Array<ArrayBuffer>,
  { traces, results: reported }: CollectedRecords,
): Promise<Map<string, CollectedTrace>> {
  if (reported.length > 0) {
    throw invalidInput("Cannot use results beside a recorded run: the run has its own", {
      hint: "Leave out the results, or the run",
    });
  }
  const calls: RunCall[] = [];
  const results: RunResult[] = [];
  await scanRunpack(runpack, {
    intent: ({ intent_id, tool_name, args_digest }) =>
      void calls.push({ intentId: intent_id, toolName: tool_name, argsDigest: args_digest }),
    result: ({ intent_id, status, created_at }) =>
      void results.push({ intentId: intent_id, status, at: parseTime(created_at) }),
  });
  return matchTraces(calls, results, traces);
}

interface Piece {
  readonly kind: EvidenceKind;
  readonly file: PackFile & { readonly content: Uint8Array<ArrayBuffer> };
  readonly trace?: CollectedTrace;
}

/** The records without audits of decisions that are not packed. */
async function ownAudits(
  records: readonly CollectedRecord[],
  traces: readonly CollectedTrace[],
): Promise<CollectedRecord[]> {
  const byId = Map.groupBy(traces.map(({ trace }) => trace), ({ record }) => record.trace_id);
  const tracesOf = (id: string) => (byId.get(id) ?? []).map(({ document }) => document);
  const of = ({ document }: CollectedRecord) => ({ traceId: asText(document.trace_id ?? ""), document });
  let left = [...records];
  for (const kind of ["approval_audit", "delegation_audit"] as const) {
    const audits = left.filter((record) => record.kind === kind);
    const own = new Set(await withoutOthers(kind, audits, of, tracesOf));
    left = left.filter((record) => record.kind !== kind || own.has(record));
  }
  return left;
}

/** The evidence with its place in the pack; names are made here, so none leads anywhere. */
async function evidenceOf(
  { traces, records }: CollectedRecords,
  policies: readonly GivenPolicy[],
  withoutPolicy: boolean,
): Promise<Piece[]> {
  const numbered = (folder: string, at: number) =>
    `${RUN_EVIDENCE_FOLDER}${folder}_${String(at + 1).padStart(4, "0")}.json`;
  const ids = new Set(traces.map(({ trace }) => trace.record.trace_id));
  const approvals = new Set(
    traces.flatMap(({ trace: { record } }) =>
      record.verdict === "allow" ? tokenIdsIn(record.approval_token_ref) : []
    ),
  );
  const delegations = new Set(
    traces.flatMap(({ trace }) => trace.record.verdict === "allow" ? delegationIdsIn(trace) : []),
  );
  const belongs: Readonly<
    Record<typeof records[number]["kind"], (document: Record<string, unknown>) => boolean>
  > = {
    approval_token: ({ token_id }) => approvals.has(String(token_id)),
    delegation_token: ({ token_id }) => delegations.has(String(token_id)),
    approval_audit: ({ trace_id }) => ids.has(String(trace_id)),
    delegation_audit: ({ trace_id }) => ids.has(String(trace_id)),
    credential_evidence: ({ trace_id }) => ids.has(String(trace_id)),
  };
  const pieces: Piece[] = traces.map((trace, at) => ({
    kind: "trace",
    file: { path: numbered("trace", at), content: trace.trace.bytes },
    trace,
  }));
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  const kept = (await ownAudits(records.filter(({ kind, document }) => belongs[kind](document)), traces))
    .sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
  for (const { kind, bytes } of kept) {
    const digest = `${kind}:${await sha256(bytes)}`;
    if (seen.has(digest)) continue;
    seen.add(digest);
    const at = counts.get(kind) ?? 0;
    counts.set(kind, at + 1);
    pieces.push({ kind, file: { path: numbered(kind, at), content: bytes } });
  }
  if (!withoutPolicy) {
    policies.forEach(({ content }, at) =>
      pieces.push({ kind: "policy", file: { path: policyPath(at), content } })
    );
  }
  if (pieces.length > MAX_EVIDENCE) {
    throw invalidInput(
      `Cannot pack run: ${pieces.length} files of evidence are more than an archive may have`,
      {
        hint: "Pack it in parts: --session <id>",
      },
    );
  }
  return pieces;
}
