import { GaitError, invalidInput, verificationFailed } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { asText, isJsonObject, type JsonObject } from "../formats/json/mod.ts";
import { pathArgument } from "../formats/shell.ts";
import { timeOfMillis } from "../formats/time.ts";
import { encodeJobCheckpoint, type JobCheckpoint, type JobEvent, type JobState } from "../schema/job.ts";
import {
  digestOf,
  formatPublicKey,
  isHexDigest,
  parsePublicKey,
  type PublicKey,
  sha256,
} from "../signing/mod.ts";
import { type ApprovalToken, parseApprovalToken } from "../tokens/approval_token.ts";
import { type ApprovalCode, checkApproval } from "../tokens/check_approval.ts";

/*
 * Signed approvals of a job's decisions (docs/spec/job.md 5.4): the tokens of the gate, about a decision in place of a
 * call.
 */

/** The key of an approver; `undefined` when that identity has none. */
export type ApprovalKeys = (approver: string) => PublicKey | undefined;

/** Approval keys as callers give them: one for all approvers, or one for each. */
export interface GivenApprovalKeys {
  readonly key?: PublicKey | undefined;
  readonly approvers?: ReadonlyMap<string, PublicKey> | undefined;
}

export function keysOf({ key, approvers }: GivenApprovalKeys): ApprovalKeys | undefined {
  if (approvers !== undefined) return (approver) => approvers.get(approver);
  return key === undefined ? undefined : () => key;
}

/**
 * The keys that a job is bound to, as its first event names them, where no later change of the state can lose them; one
 * without an identity is for every approver.
 */
export function boundKeys({ key, approvers }: GivenApprovalKeys): JsonObject[] {
  if (approvers === undefined) return key === undefined ? [] : [{ public_key: textOf(key) }];
  return [...approvers].map(([approver_identity, of]) => ({ approver_identity, public_key: textOf(of) }));
}

function textOf(key: PublicKey): string {
  return formatPublicKey(key).trim();
}

/** Whether a job takes signed approvals alone. */
export function isBoundToKeys(events: readonly JobEvent[]): boolean {
  return events[0]?.payload?.approval_keys !== undefined;
}

/** All keys that must vouch for an approval of a job: those that it is bound to, and those that the caller names. */
export async function approvalKeys(
  events: readonly JobEvent[],
  given: ApprovalKeys | undefined,
): Promise<ApprovalKeys[]> {
  const ofCaller = given === undefined ? [] : [given];
  if (!isBoundToKeys(events)) return ofCaller;
  const { approval_keys: keys } = events[0]!.payload!;
  const bound = new Map<string, PublicKey>();
  // What is no list of keys binds the job to none: then no approval counts.
  for (const entry of Array.isArray(keys) ? keys : []) {
    if (!isJsonObject(entry)) continue;
    const key = await parsePublicKey(asText(entry.public_key ?? ""), "approval key of the job");
    bound.set(asText(entry.approver_identity ?? ""), key);
  }
  return [(approver) => bound.get(approver) ?? bound.get(""), ...ofCaller];
}

/** What an approval of a decision is about, in the words of an approval token. */
export interface DecisionDigests {
  readonly intentDigest: string;
  readonly policyDigest: string;
  readonly scope: readonly string[];
}

/**
 * The digests that a token for a decision must have. They cover the job, by its id and when it was submitted, and the
 * decision with all that it says: another job of that id, or another question, needs another token.
 */
export async function decisionDigests(job: JobState, decision: JobCheckpoint): Promise<DecisionDigests> {
  return {
    intentDigest: await digestOf({
      schema_id: "gait.job.decision",
      schema_version: "1.0.0",
      job_id: job.job_id,
      job_created_at: job.created_at,
      checkpoint: encodeJobCheckpoint(decision),
    }),
    policyDigest: isHexDigest(job.policy_digest) ? job.policy_digest : await sha256(utf8(job.policy_digest)),
    scope: [`job:${job.job_id.toLowerCase()}`],
  };
}

/** Why a token does not approve a decision; `undefined` when it does. */
export async function checkDecisionToken(
  token: ApprovalToken,
  job: JobState,
  decision: JobCheckpoint,
  keys: readonly ApprovalKeys[],
  now: number,
): Promise<ApprovalCode | undefined> {
  const { scope: requiredScope, ...digests } = await decisionDigests(job, decision);
  for (const keyOf of keys) {
    const code = await checkApproval(token, {
      ...digests,
      requiredScope,
      targets: 0,
      ops: 0,
      now: timeOfMillis(now),
      keyOf,
      requesters: [job.identity, decision.actor].filter((name) => name !== ""),
    });
    if (code !== undefined) return code;
  }
  return undefined;
}

/**
 * Check a token that approves a decision.
 *
 * @throws {GaitError} `verification_failed` with the code as its detail, `invalid_input` without any key
 */
export async function demandDecisionToken(
  document: JsonObject,
  job: JobState,
  decision: JobCheckpoint,
  keys: readonly ApprovalKeys[],
  now: number,
): Promise<ApprovalToken> {
  if (keys.length === 0) throw keysMissing("verify the approval token");
  const token = parseApprovalToken(document, "approval token");
  const code = await checkDecisionToken(token, job, decision, keys, now);
  if (code === undefined) return token;
  throw verificationFailed(
    `Cannot approve decision ${decision.checkpoint_id} of job "${job.job_id}": ${code}`,
    { detail: code, hint: `Mint a token for this decision: ${mintCommand(job, decision)}` },
  );
}

export function keysMissing(purpose: string): GaitError {
  return invalidInput(`Cannot ${purpose}: there is no key for approvals`, {
    hint: "Give --approval-public-key <file> or --approver-keys <folder>",
  });
}

/** How a signed approval of a decision is recorded. */
export function giveTokenCommand({ job_id }: JobState, { checkpoint_id }: JobCheckpoint): string {
  return `gait job approve --id ${
    pathArgument(job_id)
  } --checkpoint ${checkpoint_id} --approval-token <file>`;
}

/** What to do where a decision needs a signed approval. */
export function signedApprovalHint(job: JobState, decision: JobCheckpoint): string {
  return `Sign one with: ${mintCommand(job, decision)}; then give it to: ${giveTokenCommand(job, decision)}`;
}

/** How a person signs an approval of a decision. */
export function mintCommand({ job_id }: JobState, { checkpoint_id }: JobCheckpoint): string {
  return `gait approve --job ${pathArgument(job_id)} --checkpoint ${checkpoint_id} --approver <name> ` +
    "--reason-code <code> --ttl 30m --key-mode prod --private-key <approver.key>";
}

/**
 * Check that each decision since the job last went on has a signed approval that is still valid. Those before were
 * looked at when it went on.
 *
 * @throws {GaitError} `invalid_input` with the detail `signed_approval_missing`
 */
export async function demandSignedApprovals(
  job: JobState,
  events: readonly JobEvent[],
  keys: readonly ApprovalKeys[],
  now: number,
): Promise<void> {
  const resumed = events.findLastIndex(({ type }) => type === "resumed");
  const asked = new Map<unknown, number>();
  events.forEach(({ type, payload }, i) => {
    if (type === "checkpoint_added") asked.set(payload?.checkpoint_id, i);
  });
  for (const decision of job.checkpoints) {
    const at = asked.get(decision.checkpoint_id) ?? events.length;
    if (decision.type !== "decision-needed" || at < resumed) continue;
    const why = await whyUnapproved(job, decision, events, keys, now);
    if (why === undefined) continue;
    throw invalidInput(
      `Cannot resume job "${job.job_id}": decision ${decision.checkpoint_id} has no signed approval that counts: ${why}`,
      {
        detail: "signed_approval_missing",
        hint: signedApprovalHint(job, decision),
      },
    );
  }
}

/** The reason of the last token for a decision that does not count; `undefined` when one does. */
async function whyUnapproved(
  job: JobState,
  decision: JobCheckpoint,
  events: readonly JobEvent[],
  keys: readonly ApprovalKeys[],
  now: number,
): Promise<string | undefined> {
  let why = "it has none";
  for (const { type, payload } of events) {
    if (type !== "approved" || payload?.checkpoint_id !== decision.checkpoint_id) continue;
    if (!isJsonObject(payload.approval_token)) continue;
    const code = await codeOf(payload.approval_token, job, decision, keys, now);
    if (code === undefined) return undefined;
    why = code;
  }
  return why;
}

async function codeOf(
  document: JsonObject,
  job: JobState,
  decision: JobCheckpoint,
  keys: readonly ApprovalKeys[],
  now: number,
): Promise<ApprovalCode | undefined> {
  try {
    const token = parseApprovalToken(document, "approval token");
    return await checkDecisionToken(token, job, decision, keys, now);
  } catch (error) {
    if (error instanceof GaitError && error.code === "invalid_input") return "approval_token_invalid";
    throw error;
  }
}
