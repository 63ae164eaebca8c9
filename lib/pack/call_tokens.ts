import { GaitError } from "../errors/mod.ts";
import { append } from "../formats/lists.ts";
import { DOCUMENT_LIMITS, readDocument } from "../formats/zip/documents.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { compareInstants, unixNanos } from "../formats/time.ts";
import { intentDigest } from "../intent/digest.ts";
import { CALL_ENTRY, SAY_TOKENS } from "../schema/voice/layout.ts";
import type { CallEvent, SpeakReceipt } from "../schema/voice/call.ts";
import type { CommitmentIntent } from "../schema/voice/commitment_intent.ts";
import { checkSignature, digestOf, equalDigests, keyFor, type TrustedKeys } from "../signing/mod.ts";
import { coversAmount, isWellFormed, SKEW } from "../voice/check_say_token.ts";
import { isGatedSpeech, positionName, topicName } from "../voice/call/speak_gate.ts";
import { gateIntentOf } from "../voice/mint.ts";
import { encodeUnsigned, type GivenSayToken, readSayToken, type SayToken } from "../voice/say_token.ts";
import type { CallLists } from "./call_warnings.ts";
import { failureOf, type Finding, noteOf } from "./report.ts";

/**
 * Compare the say-tokens in a callpack, if it has any, with what was promised, decided and spoken (docs/spec/voice.md
 * section 6). A receipt alone only names a token; the token says what it permitted, and until when. The work is linear
 * in the number of records, because an untrusted pack can have any number of them.
 */
export async function checkCallTokens(
  archive: ZipArchive,
  call: CallLists,
  trusted: TrustedKeys,
): Promise<Finding[]> {
  const paths = archive.names.filter((name) => name.startsWith(SAY_TOKENS) && name.endsWith(".json"));
  if (paths.length === 0) return [];
  const findings: Finding[] = [];
  const tokens = new Map<string, HeldToken>();
  for (const path of paths) {
    try {
      const given = readSayToken(await readDocument(archive, path, DOCUMENT_LIMITS), path);
      const checked = await checkToken(given, path, trusted);
      append(findings, checked);
      if (checked.some(({ severity }) => severity === "failure")) continue;
      if (tokens.has(given.token.token_id)) {
        findings.push(failureOf("say_token_doubled", `${path}: another token has the same token_id`, path));
      } else tokens.set(given.token.token_id, { path, token: given.token });
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      findings.push(failureOf("say_token_invalid", error.message, path));
    }
  }
  const promises = await promisesOf(call.commitments);
  for (const held of tokens.values()) append(findings, comparePromise(held, promises));
  return [...findings, ...compareSpeech(call, tokens)];
}

/** A token with its entry. */
interface HeldToken {
  readonly path: string;
  readonly token: SayToken;
}

/**
 * Check a token by itself. The packer need not know the key of whoever minted it, but without that key a token proves
 * nothing, which is noted.
 */
async function checkToken(
  { token, signature }: GivenSayToken,
  path: string,
  trusted: TrustedKeys,
): Promise<Finding[]> {
  const invalid = (fault: string) => [failureOf("say_token_invalid", `${path}: ${fault}`, path)];
  if (!isWellFormed(token)) return invalid("it is malformed");
  if (!signature) return invalid("it is not signed");
  const digest = await digestOf(encodeUnsigned(token));
  if (!equalDigests(signature.signed_digest ?? "", digest)) return invalid("it is not what was signed");
  const key = keyFor(trusted, signature.key_id)?.key;
  if (key === undefined || key.id !== signature.key_id) {
    return [noteOf("say_token_signer_unknown", `${path}: no key was named that could have signed it`, path)];
  }
  return await checkSignature(signature, digest, key) === undefined
    ? []
    : invalid("its signature does not verify");
}

/** The intent digests of the commitments, by position. */
async function promisesOf(
  commitments: readonly CommitmentIntent[],
): Promise<ReadonlyMap<string, Set<string>>> {
  const promises = new Map<string, Set<string>>();
  for (const commitment of commitments) {
    const position = positionName(commitment);
    const digests = promises.get(position) ?? new Set();
    digests.add(await intentDigest(await gateIntentOf(commitment)));
    promises.set(position, digests);
  }
  return promises;
}

/** A token permits what was promised at its position: sums, currency and words are under the digest of the intent. */
function comparePromise(
  { path, token }: HeldToken,
  promises: ReadonlyMap<string, ReadonlySet<string>>,
): Finding[] {
  const digests = promises.get(positionName(token));
  if (digests === undefined) {
    return [
      noteOf("say_token_without_commitment", `${positionName(token)}: nothing was promised there`, path),
    ];
  }
  if (digests.has(token.intent_digest)) return [];
  return [contradiction(`${positionName(token)}: the token permits something else than was promised`, path)];
}

function compareSpeech(
  { events, decisions, receipts }: CallLists,
  tokens: ReadonlyMap<string, HeldToken>,
): Finding[] {
  const decided = decidedDigests(decisions);
  const findings: Finding[] = [];
  for (const receipt of receipts) {
    const held = tokens.get(receipt.say_token_id);
    if (held === undefined) {
      const reason = `${positionName(receipt)}: its say-token is not in the pack`;
      findings.push(noteOf("receipt_without_token", reason, CALL_ENTRY.receipts));
      continue;
    }
    const { token, path } = held;
    for (const reason of faultsOfSpeech(receipt, token)) {
      findings.push(contradiction(`${positionName(receipt)}: ${reason}`, path));
    }
    const decision = latestAt(decided.get(topicName(token)) ?? [], receipt.call_seq);
    for (const [member, digests] of Object.entries(decision?.digests ?? {})) {
      const own = token[member as DigestMember];
      if (digests.size === 0 || digests.size === 1 && digests.has(own)) continue;
      const reason = `${positionName(receipt)}: the ${member} of the decision is not that of the token`;
      findings.push(contradiction(reason, path));
    }
  }
  return [...findings, ...events.filter(isGatedSpeech).flatMap((event) => compareAmount(event, tokens))];
}

type DigestMember = "intent_digest" | "policy_digest";

/** The digests that the decisions at one position name; those that name none contradict nothing. */
interface DecidedDigests {
  readonly seq: number;
  readonly digests: Readonly<Record<DigestMember, Set<string>>>;
}

/** What was decided about each topic, in the order of the call. */
function decidedDigests(decisions: CallLists["decisions"]): ReadonlyMap<string, readonly DecidedDigests[]> {
  const topics = new Map<string, DecidedDigests[]>();
  for (const decision of decisions.toSorted((a, b) => a.call_seq - b.call_seq)) {
    const topic = topics.get(topicName(decision)) ?? [];
    topics.set(topicName(decision), topic);
    if (topic.at(-1)?.seq !== decision.call_seq) {
      topic.push({ seq: decision.call_seq, digests: { intent_digest: new Set(), policy_digest: new Set() } });
    }
    for (const [member, digests] of Object.entries(topic.at(-1)!.digests)) {
      const digest = decision[member as DigestMember];
      if (digest !== "") digests.add(digest);
    }
  }
  return topics;
}

/** The last decisions up to a position, found by halving. */
function latestAt(decided: readonly DecidedDigests[], seq: number): DecidedDigests | undefined {
  let [from, to] = [0, decided.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (decided[middle]!.seq <= seq) from = middle + 1;
    else to = middle;
  }
  return decided[from - 1];
}

/** Why a token did not permit what a receipt is for. Its sequence number is that of the promise, which comes before. */
function faultsOfSpeech(receipt: SpeakReceipt, token: SayToken): string[] {
  const earliest = unixNanos(token.created_at) - BigInt(SKEW) * 1_000_000n;
  return [
    ...(token.call_id === receipt.call_id && topicName(token) === topicName(receipt) &&
        token.call_seq <= receipt.call_seq
      ? []
      : ["the token is for another place in a call"]),
    ...(compareInstants(receipt.emitted_at, token.expires_at) >= 0
      ? ["it was spoken when the token had expired"]
      : []),
    ...(unixNanos(receipt.emitted_at) < earliest ? ["it was spoken before there was the token"] : []),
  ];
}

/** What was spoken, where the event says so in `attributes`, within the bounds of the token. */
function compareAmount(event: CallEvent, tokens: ReadonlyMap<string, HeldToken>): Finding[] {
  const held = tokens.get(event.say_token_id);
  const { amount_cents: cents, currency } = event.attributes ?? {};
  if (held === undefined) return [];
  const { token, path } = held;
  return [
    ...(typeof cents === "number" && !coversAmount(token, cents)
      ? [contradiction(`${positionName(event)}: the token does not cover ${cents} cents`, path)]
      : []),
    ...(typeof currency === "string" && currency.trim().toUpperCase() !== token.currency
      ? [contradiction(`${positionName(event)}: the token is for another currency`, path)]
      : []),
  ];
}

function contradiction(message: string, path: string): Finding {
  return failureOf("say_token_contradicts_call", message, path);
}
