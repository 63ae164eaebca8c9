import { without } from "../../formats/json/mod.ts";
import { append } from "../../formats/lists.ts";
import type { ZipArchive } from "../../formats/zip/mod.ts";
import { isZeroTime, parseTime, type Rfc3339 } from "../../formats/time.ts";
import { checkOrigin, type DecidedTrace } from "../../gate/trace/decided.ts";
import { isNotExecuted } from "../../schema/gate_result.ts";
import { PACK_ENTRY } from "../../schema/pack_layout.ts";
import { digestOf, equalHex, type TrustedKeys } from "../../signing/mod.ts";
import { isAfter } from "../../tokens/sealed.ts";
import { failureOf, type Finding, noteOf } from "../report.ts";
import { scanRunpack } from "../scan_runpack.ts";
import { checkGrants } from "./check_grants.ts";
import { type HeldEvidence, readHeld } from "./held.ts";
import { type InsideTrust, toleratesUnknown } from "./trust.ts";

/** A call of the run inside, as far as its authorization goes. */
export interface RunCall {
  readonly intentId: string;
  readonly toolName: string;
  readonly argsDigest: string;
}

/** A result of the run inside. */
export interface RunResult {
  readonly intentId: string;
  readonly status: string;
  readonly at: Rfc3339;
}

/**
 * Prove that nothing of a run was executed without an allow (docs/spec/pack.md 4.4): each call has a trace of its own,
 * which is intact and of a policy of the pack; what was executed was allowed; what was approved was approved for it.
 *
 * @param trust what the signatures inside are verified with
 */
export async function checkRunAuthorization(
  archive: ZipArchive,
  runId: string,
  trust: InsideTrust,
): Promise<Finding[]> {
  const held = await readHeld(archive);
  const { calls, results } = await readRun(archive);
  return [
    ...held.findings,
    ...(held.index.run_id === runId ? [] : [ofIndex("authorization_run_differs", "it is about another run")]),
    ...checkPolicies(held, trust),
    ...await checkTraces(held, trust),
    ...checkCalls(held, calls, results),
    ...await checkGrants(held, trust),
    ...checkRecords(held),
  ];
}

function ofIndex(code: string, message: string): Finding {
  return failureOf(code, message, PACK_ENTRY.runAuthorization);
}

/** Read the calls and results of the runpack inside. */
export async function readRun(
  archive: ZipArchive,
): Promise<{ readonly calls: readonly RunCall[]; readonly results: readonly RunResult[] }> {
  const calls: RunCall[] = [];
  const results: RunResult[] = [];
  await scanRunpack(await archive.read(PACK_ENTRY.runpack), {
    intent: ({ intent_id, tool_name, args_digest }) =>
      void calls.push({ intentId: intent_id, toolName: tool_name, argsDigest: args_digest }),
    result: ({ intent_id, status, created_at }) =>
      void results.push({ intentId: intent_id, status, at: parseTime(created_at) }),
  });
  return { calls, results };
}

/** A policy that is in the pack has the digest that the index says; nothing but the policies of the index decides. */
function checkPolicies({ index, policies }: HeldEvidence, { policies: demanded }: InsideTrust): Finding[] {
  const findings: Finding[] = [];
  for (const { policy_digest: digest, path } of index.policies) {
    if (demanded && !demanded.some((one) => equalHex(one, digest))) {
      findings.push(ofIndex("policy_not_demanded", `it names the policy ${digest}`));
    }
    if (path === "") continue;
    const policy = policies.find((one) => one.path === path);
    if (!policy) findings.push(failureOf("policy_missing", "the index names it as a policy", path));
    else if (!equalHex(policy.value.digest, digest)) {
      findings.push(failureOf("policy_digest_differs", `its digest is ${policy.value.digest}`, path));
    }
  }
  for (const { path } of policies) {
    if (!index.policies.some((policy) => policy.path === path)) {
      findings.push(failureOf("policy_foreign", "the index names no policy here", path));
    }
  }
  return findings;
}

/** Each trace is signed, once there, and by a policy of the pack. */
async function checkTraces({ index, traces }: HeldEvidence, trust: InsideTrust): Promise<Finding[]> {
  const key = trust.grants.trace;
  const trusted: TrustedKeys = key ? { source: "flag", key } : trust.trusted;
  const tolerated = !key && toleratesUnknown(trust);
  let unknown = 0;
  const findings: Finding[] = [];
  const seen = new Map<string, string>();
  const known = new Set(index.policies.map(({ policy_digest }) => policy_digest));
  for (const [path, trace] of traces) {
    const { record } = trace;
    const origin = await checkOrigin(trace, trusted);
    switch (origin.kind) {
      case "verified":
        break;
      case "unknown_key":
        if (tolerated) unknown++;
        else findings.push(failureOf("trace_signer_unknown", "no trusted key signed it", path));
        break;
      case "unsigned":
        findings.push(failureOf("trace_unsigned", "it is not signed, so nobody vouches for it", path));
        break;
      case "wrong":
        findings.push(failureOf("trace_signature_failed", origin.problem, path));
        break;
    }
    if (!known.has(record.policy_digest)) {
      findings.push(failureOf("trace_policy_foreign", `it is by policy ${record.policy_digest}`, path));
    }
    if (index.session_id !== "" && trace.sessionId !== index.session_id) {
      findings.push(failureOf("trace_session_foreign", `it is of session "${trace.sessionId}"`, path));
    }
    for (const same of await identitiesOf(trace)) {
      const earlier = seen.get(same);
      if (earlier !== undefined) {
        findings.push(failureOf("trace_repeated", `it is the same decision as ${earlier}`, path));
        break;
      }
      seen.set(same, path);
    }
  }
  if (unknown > 0) {
    const who = unknown === 1 ? "one trace" : `${unknown} traces`;
    findings.push(noteOf("trace_signer_unknown", `no trusted key signed ${who}`));
  }
  return findings;
}

/**
 * What only one trace of a run can have: what it says, its event together with its correlation. Not its bytes, since
 * blanks and its signature can be written in many ways.
 */
async function identitiesOf({ document, record }: DecidedTrace): Promise<string[]> {
  const { trace_id: id, event_id: event, correlation_id: correlation } = record;
  return [
    await digestOf(without(document, "signature")),
    ...(event === "" ? [] : [JSON.stringify([id, event, correlation])]),
  ];
}

/** Each call has a trace of its own, about it; what was executed was allowed. */
function checkCalls(
  { index, traces }: HeldEvidence,
  calls: readonly RunCall[],
  results: readonly RunResult[],
): Finding[] {
  const findings: Finding[] = [];
  const linked = new Map<string, string>();
  const usedBy = new Map<string, string>();
  for (const { intent_id: id, trace_path: path } of index.calls) {
    if (linked.has(id)) findings.push(ofIndex("call_repeated", `it has call "${id}" twice`));
    const earlier = usedBy.get(path);
    if (earlier !== undefined) {
      findings.push(failureOf("trace_reused", `calls "${earlier}" and "${id}" have the same trace`, path));
    }
    linked.set(id, path);
    usedBy.set(path, id);
  }
  const known = new Set<string>();
  const resultsOf = Map.groupBy(results, ({ intentId }) => intentId);
  for (const call of calls) {
    const { intentId: id } = call;
    if (known.has(id)) findings.push(inRun("call_repeated", `call "${id}" is there twice`));
    known.add(id);
    const path = linked.get(id);
    const trace = path === undefined ? undefined : traces.get(path);
    if (!trace) {
      findings.push(inRun("call_without_trace", `no trace decides call "${id}" (${call.toolName})`));
      continue;
    }
    append(findings, compare(call, path!, trace, resultsOf.get(id) ?? []));
  }
  for (const { intentId: id } of results) {
    if (!known.has(id)) findings.push(inRun("result_without_call", `result "${id}" belongs to no call`));
  }
  for (const id of linked.keys()) {
    if (!known.has(id)) findings.push(ofIndex("call_unknown", `the run has no call "${id}"`));
  }
  return findings;
}

function inRun(code: string, message: string): Finding {
  return failureOf(code, message, PACK_ENTRY.runpack);
}

function compare(
  { intentId: id, toolName, argsDigest }: RunCall,
  path: string,
  { record, simulated }: DecidedTrace,
  results: readonly RunResult[],
): Finding[] {
  const findings: Finding[] = [];
  if (record.tool_name !== toolName || !equalHex(record.args_digest, argsDigest)) {
    findings.push(failureOf("trace_of_other_call", `it does not decide call "${id}" (${toolName})`, path));
  }
  const executed = results.filter(({ status }) => !isNotExecuted(status));
  if (executed.length > 0 && (record.verdict !== "allow" || simulated)) {
    const decided = simulated ? "a simulation" : record.verdict;
    findings.push(
      failureOf("executed_without_allow", `call "${id}" was executed, and the gate decided ${decided}`, path),
    );
  }
  for (const { at } of executed) {
    if (!isZeroTime(at) && !isZeroTime(record.observed_at) && isAfter(record.observed_at, at)) {
      findings.push(
        noteOf("decided_after_execution", `call "${id}" has a result from before its decision`, path),
      );
    }
  }
  return findings;
}

/** Records that are not signed belong to a trace of the pack, and say what it says. */
function checkRecords(held: HeldEvidence): Finding[] {
  const byId = new Map([...held.traces.values()].map(({ record }) => [record.trace_id, record]));
  const findings: Finding[] = [];
  const foreign = (path: string) =>
    findings.push(failureOf("record_foreign", "it belongs to no trace of the pack", path));
  for (const { path, value } of [...held.approvalAudits, ...held.delegationAudits]) {
    const record = byId.get(value.trace_id);
    const same = record && record.tool_name === value.tool_name &&
      record.intent_digest === value.intent_digest &&
      record.policy_digest === value.policy_digest;
    if (!same) foreign(path);
  }
  for (const { path, value } of held.credentials) {
    const record = byId.get(value.trace_id);
    if (!record || record.tool_name !== value.tool_name) foreign(path);
    else if (!isZeroTime(value.expires_at) && isAfter(record.observed_at, value.expires_at)) {
      findings.push(failureOf("credential_expired", "it expired before the decision", path));
    }
  }
  return findings;
}
