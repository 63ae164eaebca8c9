import { GaitError, invalidInput } from "../../errors/mod.ts";
import { compact, type JsonObject } from "../../formats/json/mod.ts";
import { readStoppedCall, type StoppedCall } from "../../gate/stopped_call.ts";
import { encodeIntentForDigest } from "../../intent/digest.ts";
import { approveLine } from "../../mcp/approvals/approve_line.ts";
import { loadTrustFolder } from "../../signing/mod.ts";
import type { UiEffects } from "../context.ts";
import type { KnownIntents } from "../known_intents.ts";
import type { KnownPolicies } from "../policy/known_policies.ts";
import type { RequestFields } from "../request_fields.ts";
import { encodeRow } from "../traces/row.ts";
import { MAX_TRACE_BYTES, type TraceIndex } from "../traces/trace_index.ts";
import type { Minter } from "./minter.ts";
import { waitingCalls } from "./waiting.ts";

/** What the view of approvals works with. */
export interface ApprovalSources {
  readonly index: TraceIndex;
  readonly intents: KnownIntents;
  readonly policies: KnownPolicies;
  readonly effects: UiEffects;
  /** Folder of approval tokens. */
  readonly folder: string;
  /** Absent when minting is off. */
  readonly minter: Minter | undefined;
}

/** Most waiting calls of one answer. */
const MAX_WAITING = 200;

/** The calls that wait. */
export function listApprovals({ index, minter }: ApprovalSources): JsonObject {
  const { rows } = index;
  const waiting = waitingCalls(rows);
  return {
    waiting_total: waiting.length,
    waiting: waiting.slice(0, MAX_WAITING).map((n) => encodeRow(rows.at(n)!)),
    minting: minter ? { enabled: true, approver: minter.identity, key_id: minter.keyId } : { enabled: false },
  };
}

/** One waiting call, with exactly what an approval of it would sign. */
export async function showApproval(fields: RequestFields, sources: ApprovalSources): Promise<JsonObject> {
  const path = fields.text("path");
  const { call, intentPath } = await stoppedCall(path, sources);
  const { evaluation, trace } = call;
  return {
    tool_name: call.toolName,
    ...compact({ requester: call.requester, trace_id: trace?.id, observed_at: trace?.observedAt }),
    signature: trace?.verifiedBy === undefined ? "unverified" : "verified",
    signs: {
      intent_digest: call.intentDigest,
      policy_digest: call.policyDigest ?? "",
      ...compact({ delegation_binding_digest: call.bindingDigest }),
      scope: [...call.scope],
      max_targets: call.targets,
      max_ops: call.ops,
    },
    // Given even where the page can sign: a person may prefer the command line.
    command: approveLine(sources.folder, path, {
      intentDigest: call.intentDigest,
      requiredScope: call.scope,
      intentPath,
    }),
    violations: [...call.violations],
    ...(call.intent ? { call: encodeIntentForDigest(call.intent) } : {}),
    ...(evaluation
      ? {
        matched_rule: evaluation.matchedRule,
        reason_codes: [...evaluation.reasonCodes],
        required_approvals: Math.max(1, evaluation.minApprovals),
        distinct_approvers: evaluation.requireDistinctApprovers || evaluation.minApprovals > 1,
      }
      : {}),
  };
}

/** Ask for a code on the terminal. */
export async function startApproval(fields: RequestFields, sources: ApprovalSources): Promise<JsonObject> {
  const minter = demandMinter(sources);
  const { call } = await stoppedCall(fields.text("path"), sources);
  demandShown(call, fields);
  const { requestId, signs } = await minter.start(call, {
    reasonCode: fields.text("reason_code"),
    ttl: fields.text("ttl") || "30m",
    singleUse: fields.flag("single_use"),
  });
  return { request_id: requestId, signs: { ...signs } };
}

/** The file of a trace can be replaced while a person looks at the page: what was shown is what a code is asked for. */
function demandShown(call: StoppedCall, fields: RequestFields): void {
  const shown: readonly (readonly [name: string, digest: string | undefined])[] = [
    ["intent_digest", call.intentDigest],
    ["policy_digest", call.policyDigest],
    ["delegation_binding_digest", call.bindingDigest],
  ];
  for (const [name, digest = ""] of shown) {
    const given = fields.text(name);
    if (given !== "" && given !== digest) {
      throw invalidInput("The trace is another one than the page showed: nothing was asked for", {
        hint: "Open the call again, and look at it",
      });
    }
  }
}

/** Sign, with the code from the terminal. */
export async function confirmApproval(fields: RequestFields, sources: ApprovalSources): Promise<JsonObject> {
  const { path, tokenId } = await demandMinter(sources).confirm(
    fields.text("request_id"),
    fields.text("code"),
  );
  return { token_path: path, token_id: tokenId };
}

function demandMinter({ minter }: ApprovalSources): Minter {
  if (minter) return minter;
  throw new GaitError("unsafe_operation", "Approvals can't be given here", {
    hint: "Use gait approve, or start the page with --approver and --approval-private-key on a terminal",
  });
}

async function stoppedCall(
  path: string,
  { index, intents, policies, effects }: ApprovalSources,
): Promise<{ readonly call: StoppedCall; readonly intentPath: string | undefined }> {
  const { rows } = index;
  const row = waitingCalls(rows).map((n) => rows.at(n)!).find((row) => row.path === path);
  if (!row) throw invalidInput("This call does not wait for an approval");
  const [intent, policy] = await Promise.all([intents.byDigest(row.intent), policies.byDigest(row.policy)]);
  const bytes = await effects.files.read(path, MAX_TRACE_BYTES);
  const trusted = await effects.files.stat(".gait/trust") ? await loadTrustFolder(effects.files) : undefined;
  const call = await readStoppedCall(bytes, trusted ?? { source: "none" }, {
    ...(intent ? { intent: intent.intent } : {}),
    ...(policy ? { policy: policy.loaded } : {}),
  });
  return { call, intentPath: intent?.path };
}
