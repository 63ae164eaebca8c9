import { isOneOf } from "../tokens/person.ts";
import { GaitError, invalidInput } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { positiveDuration } from "../formats/duration.ts";
import { copyJson } from "../formats/json/copy.ts";
import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";
import { SIMULATED } from "../gate/decision_outcome.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { intentDigest as digestOfIntent } from "../intent/digest.ts";
import { equalDigests, type PrivateKey } from "../signing/mod.ts";
import { parseApprovalToken } from "../tokens/approval_token.ts";
import { ttlWarnings } from "../tokens/mint.ts";
import { VERSION } from "../version.ts";
import { readCommitment } from "../voice/commitment.ts";
import { commitmentRequest, gateIntentOf, mintSayToken as mint } from "../voice/mint.ts";
import { checkGate, checkOptions, type Shape } from "./arguments.ts";
import { libraryEffects } from "./effects.ts";
import { withLibraryErrors } from "./errors.ts";
import type { DecidingGate, GuardDecision } from "./guard/call.ts";

/** What a binding sentence is about. */
export type CommitmentClass = "refund" | "quote" | "eligibility" | "schedule" | "cancel" | "account_change";

/** A binding sentence that an agent is about to speak; amounts are whole hundredths of the currency. */
export interface Commitment {
  /** When the agent meant to say it: RFC 3339. */
  readonly created_at: string;
  /** The call. */
  readonly call_id: string;
  /** The turn of the conversation, from 0. */
  readonly turn_index: number;
  /** The number of the sentence in the call, from 1. */
  readonly call_seq: number;
  /** What it is about; a policy sees the tool `voice.commitment.<class>`. */
  readonly commitment_class: CommitmentClass;
  /** In whose name it is spoken, where, and how risky that is; set by the program, not by the model. */
  readonly context: {
    readonly identity: string;
    readonly workspace: string;
    readonly risk_class: string;
    readonly session_id?: string;
    readonly request_id?: string;
    readonly environment_fingerprint?: string;
  };
  /** Digest of the words. */
  readonly utterance_digest?: string;
  /** ISO 4217, e.g. `EUR`. */
  readonly currency?: string;
  /** The least that may be quoted. */
  readonly quote_min_cents?: number;
  /** The most that may be quoted. */
  readonly quote_max_cents?: number;
  /** The most that may be refunded. */
  readonly refund_ceiling_cents?: number;
  /** Whether the agent itself says that it needs an approval. */
  readonly approval_required?: boolean;
  /** What it says about approvals. */
  readonly approval_artifact_refs?: readonly string[];
  /** Digests of evidence. */
  readonly evidence_reference_digests?: readonly string[];
}

/** Options for minting a say-token. */
export interface MintSayTokenOptions {
  /** The key that signs it. Whoever holds it can permit sentences: keep it away from the agent. */
  readonly key: PrivateKey;
  /** Lifetime: a positive duration such as `30s`, or nanoseconds; `2m` unless given. */
  readonly ttl?: string | bigint;
  /** Approvals of this commitment; those of its own identity are refused. */
  readonly approvalTokens?: readonly JsonObject[];
}

/** A signed permission to speak one sentence. */
export interface SayToken {
  /** 24 hex digits. */
  readonly tokenId: string;
  /** When it expires. */
  readonly expiresAt: Rfc3339;
  /** The token as `gait voice token mint` writes it into a file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What was decided about a sentence. */
export interface SpeechDecision {
  /** The decision of the gate. */
  readonly decision: GuardDecision;
  /** Set when the sentence may be spoken. */
  readonly sayToken?: SayToken;
  /** Warnings for the user. */
  readonly notes: readonly string[];
}

const MINT: Shape<MintSayTokenOptions> = { key: "private key", ttl: "duration", approvalTokens: "list" };

/**
 * Let a gate decide whether a binding sentence may be spoken, and sign a short-lived token if so (docs/voice.md).
 *
 * INVARIANT: there is a token only for the verdict `allow`, about this very commitment, of a decision that is on the
 * disk.
 *
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { generateKey, mintSayToken, openGate, verifySayToken } from "@gait/gait";
 *
 * const folder = await mkdtemp(`${tmpdir()}/gait-`);
 * await writeFile(
 *   `${folder}/policy.yaml`,
 *   "default_verdict: block\nrules: [{ name: r, effect: allow, match: { tool_names: [voice.commitment.refund] } }]\n",
 * );
 * const gate = await openGate({ policy: `${folder}/policy.yaml`, traceDir: `${folder}/traces` });
 * const key = await generateKey();
 * const about = { call_id: "call_12", turn_index: 4, call_seq: 3, commitment_class: "refund" } as const;
 * const context = { identity: "agent.desk", workspace: "/srv", risk_class: "low" };
 * const amount = { currency: "EUR", refund_ceiling_cents: 5_000 };
 * const commitment = { created_at: "2026-03-02T09:00:02Z", context, ...about, ...amount };
 * const { sayToken } = await mintSayToken(gate, commitment, { key });
 * await gate.close();
 *
 * // Where the sentence would be spoken:
 * const wanted = { callId: "call_12", turnIndex: 4, callSeq: 3, commitmentClass: "refund", currency: "EUR" } as const;
 * const { ok } = await verifySayToken(sayToken!.bytes, { key: key.public, ...wanted, amountCents: 5_000 });
 * if (!ok) throw new Error("Not to be said");
 * ```
 *
 * @param gate of this process, or a client of one; it must write traces
 * @throws {GaitError} `invalid_input` for a commitment that is malformed, and for a gate that only simulates or writes
 * no traces; whatever the gate throws. The sentence must not be spoken then
 */
export async function mintSayToken(
  gate: DecidingGate,
  commitment: Commitment,
  options: MintSayTokenOptions,
): Promise<SpeechDecision> {
  checkGate(gate);
  checkOptions("options", options, MINT);
  const { key, approvalTokens = [] } = options;
  if (key === undefined) throw invalidInput('Missing "key" of options: a say-token is signed');
  return await withLibraryErrors(async () => {
    const ttl = positiveDuration(options.ttl ?? "2m", "ttl");
    const given = readCommitment(utf8(JSON.stringify(copyJson(commitment, "commitment"))), "commitment");
    const intent = await gateIntentOf(given.commitment);
    refuseSelfApproval(approvalTokens, intent.context.identity);
    const decision = await gate.decide(
      commitmentRequest(given.commitment) as unknown as Parameters<DecidingGate["decide"]>[0],
      approvalTokens.length === 0 ? {} : { approvalTokens },
    );
    const unapproved = given.commitment.approval_required === true && approvalTokens.length === 0;
    const notes = [
      ...given.notes,
      ...ttlWarnings(ttl),
      ...(unapproved ? ["the commitment says approval_required, but has no approval"] : []),
    ];
    if (decision.verdict !== "allow") return { decision, notes };
    // Whoever verifies the token can't see that the policy may have said something else.
    if (decision.reasonCodes.includes(SIMULATED)) {
      throw invalidInput("Cannot mint a say-token: the gate only simulates, so its allow is no permission", {
        hint: "Open the gate without simulate",
      });
    }
    const { intentDigest, policyDigest } = decision;
    if (!equalDigests(intentDigest, await digestOfIntent(intent))) {
      throw new GaitError("verification_failed", "The gate decided about something else than the commitment");
    }
    if (!decision.tracePath) {
      throw invalidInput("Cannot mint a say-token: the gate writes no traces", {
        hint: "Open the gate with traceDir: whoever speaks needs a proof of the decision",
      });
    }
    const { token, file } = await mint({ ...given, intentDigest, policyDigest, ttl }, key, {
      now: libraryEffects().now(),
      producerVersion: VERSION,
    });
    const sayToken = { tokenId: token.token_id, expiresAt: token.expires_at, bytes: file };
    return { decision, sayToken, notes };
  });
}

/** An agent that could approve its own promises would pass the gate; a gate need not refuse that for other calls. */
function refuseSelfApproval(tokens: readonly JsonObject[], identity: string): void {
  for (const token of tokens) {
    if (!isJsonObject(token)) throw invalidInput("Cannot read approval token: expected an object");
    if (isOneOf(parseApprovalToken(token, "approval token").approver, [identity])) {
      throw new GaitError("verification_failed", "The approval is by the identity that asks to speak", {
        detail: "approval_token_self_approval",
        hint: "Let somebody else approve the commitment",
      });
    }
  }
}
