import { append } from "../../formats/lists.ts";
import type { DecidedTrace } from "../../gate/trace/decided.ts";
import { audited } from "../../gate/trace/audit_ids.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { checkSignature, digestOf, equalDigests } from "../../signing/mod.ts";
import { type ApprovalToken, encodeUnsignedApproval } from "../../tokens/approval_token.ts";
import { checkApprovalBinding, isWellFormedApproval } from "../../tokens/check_approval.ts";
import { checkDelegationBinding, isWellFormedDelegation } from "../../tokens/check_delegation.ts";
import { type DelegationToken, encodeUnsignedDelegation } from "../../tokens/delegation_token.ts";
import type { SignedToken } from "../../tokens/sealed.ts";
import { distinctApprovers, SINGLE_USE } from "../../tokens/trust.ts";
import { failureOf, type Finding, noteOf } from "../report.ts";
import type { Held, HeldEvidence } from "./held.ts";
import { approvalKey, delegationKey, type InsideTrust, type KeyChoice, toleratesUnknown } from "./trust.ts";

/** The ids of approval tokens that a trace names. An approval elsewhere is a free text, and grants nothing. */
export function tokenIdsIn(reference: string): readonly string[] {
  const ids = reference.split(",");
  return ids.every((id) => /^[0-9a-f]{24}$/.test(id)) ? ids : [];
}

/** The ids of delegation tokens that made the gate let a call pass. */
export function delegationIdsIn({ record }: DecidedTrace): readonly string[] {
  const { reason_codes: codes, delegation_token_ref: ref } = record.delegation_ref ?? {};
  const granted = Array.isArray(codes) && codes.includes("delegation_granted");
  return granted && typeof ref === "string" && ref !== "" ? ref.split(",") : [];
}

/**
 * Check that what let calls pass was given for them: for every trace that names tokens, its tokens bind to its intent
 * and policy, did not expire before the decision, and are signed by a key that may (docs/spec/pack.md 4.4).
 */
export async function checkGrants(
  held: HeldEvidence,
  trust: InsideTrust,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const used = new Set<object>();
  const onceOnly = new Set<string>();
  const byId = {
    approvals: Map.groupBy(held.approvals, ({ value }) => value.tokenId),
    audits: Map.groupBy(held.approvalAudits, ({ value }) => value.trace_id),
    delegations: Map.groupBy(held.delegations, ({ value }) => value.tokenId),
  };
  for (const [path, trace] of held.traces) {
    const { record } = trace;
    if (record.verdict !== "allow") continue;
    const reference = record.approval_token_ref;
    const ids = reference === "" ? [] : tokenIdsIn(reference);
    if (reference !== "" && ids.length === 0) {
      findings.push(
        noteOf(
          "approval_elsewhere",
          `the trace names the approval "${reference}", which no token proves`,
          path,
        ),
      );
    }
    const valid: ApprovalToken[] = [];
    for (const id of ids) {
      const named = byId.approvals.get(id) ?? [];
      const token = named.find(({ value }) => isFor(value, trace)) ?? named[0];
      if (!token) {
        findings.push(failureOf("approval_missing", `the pack does not have approval token ${id}`, path));
        continue;
      }
      used.add(token);
      const found = await checkApprovalOf(token, trace, trust);
      append(findings, found);
      if (found.every(({ severity }) => severity === "note")) valid.push(token.value);
      if (!token.value.scope.includes(SINGLE_USE)) continue;
      if (onceOnly.has(id)) {
        findings.push(
          failureOf("approval_used_twice", "it is for one call, and several traces name it", token.path),
        );
      }
      onceOnly.add(id);
    }
    append(findings, checkApprovalAudit(byId.audits.get(record.trace_id) ?? [], path, ids, valid));
    append(findings, await checkDelegations(byId.delegations, path, trace, trust, used));
  }
  // What contradicts its trace is told by that alone.
  const contradicting = new Set(findings.map(({ path }) => path));
  append(findings, (await checkAudits(held)).filter(({ path }) => !contradicting.has(path)));
  for (const token of held.approvals) {
    if (!used.has(token)) {
      findings.push(failureOf("approval_foreign", "it is for no call of the run", token.path));
    }
  }
  for (const token of held.delegations) {
    if (!used.has(token)) {
      findings.push(failureOf("delegation_foreign", "it is for no call of the run", token.path));
    }
  }
  return findings;
}

function isFor(token: ApprovalToken, { record }: DecidedTrace): boolean {
  return token.intentDigest === record.intent_digest && token.policyDigest === record.policy_digest;
}

async function checkApprovalOf(
  { path, value: token }: Held<ApprovalToken>,
  trace: DecidedTrace,
  trust: InsideTrust,
): Promise<Finding[]> {
  const { record, decidedAt } = trace;
  const wrong = (reason: string) => [failureOf("approval_invalid", reason, path)];
  if (!isWellFormedApproval(token)) return wrong("it lacks what an approval token needs");
  const keyId = token.signature?.key_id ?? "";
  const choice = approvalKey(trust, token.approver, keyId);
  const signature = await checkTokenSignature(
    "approval",
    token,
    encodeUnsignedApproval(token),
    choice,
    trust,
    path,
  );
  const chain = record.delegation_ref?.chain_digest;
  const code = checkApprovalBinding(token, {
    intentDigest: record.intent_digest,
    policyDigest: record.policy_digest,
    ...(typeof chain === "string" && chain !== "" ? { bindingDigest: chain } : {}),
    requiredScope: [`tool:${record.tool_name}`],
    // The trace does not tell the targets of the call.
    targets: 0,
    ops: 0,
    now: decidedAt,
    requesters: [],
  });
  return [
    ...signature,
    ...(code === undefined ? [] : wrong(`it does not approve the call of trace ${record.trace_id}: ${code}`)),
    ...(keyId !== "" && keyId === record.signature?.key_id
      ? [
        noteOf(
          "approval_by_gate_key",
          "it is signed with the key of the gate: whoever runs the gate can approve",
          path,
        ),
      ]
      : []),
  ];
}

/** Check the signature of a token, by a key that may; that it covers these bytes is checked whoever signed it. */
async function checkTokenSignature(
  kind: "approval" | "delegation",
  token: SignedToken,
  unsigned: JsonObject,
  choice: KeyChoice,
  trust: InsideTrust,
  path: string,
): Promise<Finding[]> {
  const wrong = (reason: string) => [failureOf(`${kind}_signature_failed`, reason, path)];
  const { signature } = token;
  if (!signature || signature.sig === "") return wrong("it is not signed");
  const digest = await digestOf(unsigned);
  if (!equalDigests(signature.signed_digest, digest)) return wrong("it was changed after it was signed");
  switch (choice.kind) {
    case "foreign":
      return wrong("none of the keys that were given for it signed it");
    case "unknown":
      return [
        (toleratesUnknown(trust) ? noteOf : failureOf)(
          `${kind}_signer_unknown`,
          "no trusted key signed it",
          path,
        ),
      ];
    case "key": {
      const problem = await checkSignature(signature, digest, choice.key);
      if (problem !== undefined) return wrong(problem);
      return choice.forGrants ? [] : [
        noteOf(
          `${kind}_key_of_records`,
          "it is signed with a key that is trusted for records, not for grants",
          path,
        ),
      ];
    }
  }
}

/** Audits are those that their signed traces name; traces of other programs name none. */
async function checkAudits({ traces, approvalAudits, delegationAudits }: HeldEvidence): Promise<Finding[]> {
  const byId = Map.groupBy(traces.values(), ({ record }) => record.trace_id);
  const findings: Finding[] = [];
  for (
    const [kind, audits] of [["approval_audit", approvalAudits], [
      "delegation_audit",
      delegationAudits,
    ]] as const
  ) {
    for (const { path, value, document } of audits) {
      const ofAudit = (byId.get(value.trace_id) ?? []).map((trace) => trace.document);
      if (await audited(kind, document, ofAudit) !== "foreign") continue;
      findings.push(failureOf(`${kind}_changed`, "it is not the audit that its signed trace names", path));
    }
  }
  return findings;
}

/** An audit must say what the signed trace says, also where that does not name it. */
function checkApprovalAudit(
  ofTrace: HeldEvidence["approvalAudits"],
  tracePath: string,
  ids: readonly string[],
  valid: readonly ApprovalToken[],
): Finding[] {
  if (ids.length === 0) return [];
  const audit = ofTrace.find(({ value }) => value.entries.some((entry) => entry.valid));
  if (!audit) {
    return [noteOf("approval_audit_missing", "the pack has no record of who approved the call", tracePath)];
  }
  const { path, value } = audit;
  const wrong = (reason: string) => [failureOf("approval_audit_contradicts", reason, path)];
  const recorded = [...new Set(value.entries.filter((entry) => entry.valid).map((entry) => entry.token_id))]
    .sort();
  if (recorded.join() !== [...ids].sort().join()) return wrong("it names other tokens than its trace");
  if (!value.approved) return wrong("its trace allows, and it says not approved");
  if (valid.length < value.required_approvals) {
    const needed = value.required_approvals;
    return wrong(
      `${needed === 1 ? "1 approval was" : `${needed} approvals were`} needed, and ${valid.length} hold`,
    );
  }
  return value.required_approvals > 1 && distinctApprovers(valid) < value.required_approvals
    ? wrong(`${value.required_approvals} approvers were needed`)
    : [];
}

async function checkDelegations(
  byId: ReadonlyMap<string, HeldEvidence["delegations"]>,
  tracePath: string,
  trace: DecidedTrace,
  trust: InsideTrust,
  used: Set<object>,
): Promise<Finding[]> {
  const { record, decidedAt } = trace;
  const findings: Finding[] = [];
  const tokens: DelegationToken[] = [];
  for (const id of delegationIdsIn(trace)) {
    const token = byId.get(id)?.[0];
    if (!token) {
      findings.push(
        failureOf("delegation_missing", `the pack does not have delegation token ${id}`, tracePath),
      );
      continue;
    }
    used.add(token);
    tokens.push(token.value);
    const { path, value } = token;
    if (!isWellFormedDelegation(value)) {
      findings.push(failureOf("delegation_invalid", "it lacks what a delegation token needs", path));
      continue;
    }
    const choice = delegationKey(trust, value.signature?.key_id ?? "");
    append(
      findings,
      await checkTokenSignature("delegation", value, encodeUnsignedDelegation(value), choice, trust, path),
    );
    const code = checkDelegationBinding(value, {
      delegator: undefined,
      delegate: undefined,
      intentDigest: record.intent_digest,
      policyDigest: record.policy_digest,
      requiredScope: [],
      now: decidedAt,
    });
    if (code !== undefined) {
      findings.push(failureOf("delegation_invalid", `it is not for trace ${record.trace_id}: ${code}`, path));
    }
  }
  if (tokens.length > 0) append(findings, checkChain(tracePath, trace, tokens));
  return findings;
}

/** Every link that the signed trace names has a token; without a chain, one is given to the requester. */
function checkChain(path: string, { record }: DecidedTrace, tokens: readonly DelegationToken[]): Finding[] {
  const links = (record.relationship?.edges ?? []).filter(({ kind }) => kind === "delegates_to");
  const requester = record.delegation_ref?.requester_identity;
  const given = new Set(tokens.map(({ delegator, delegate }) => JSON.stringify([delegator, delegate])));
  const absent = links.length === 0
    ? tokens.some(({ delegate }) => delegate === requester) ? [] : [`to ${String(requester)}`]
    : links.filter(({ from, to }) => !given.has(JSON.stringify([from.id, to.id]))).map(({ from, to }) =>
      `from ${from.id} to ${to.id}`
    );
  return absent.map((link) => failureOf("delegation_missing", `no token delegates ${link}`, path));
}
