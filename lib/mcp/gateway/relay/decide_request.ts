import { GaitError, messageOf } from "../../../errors/mod.ts";
import { schemaWords } from "../../taint/schema_words.ts";
import type { Listed } from "../catalog/catalog.ts";
import type { RequestMessage } from "../codec/message.ts";
import { encodeError } from "../codec/reply.ts";
import type { GatewayAnswer } from "../decision/answer.ts";
import { stopOf, stopReply, undecided } from "../decision/block.ts";
import type { Subject } from "../decision/subject.ts";
import {
  encodeHeader,
  HEADER_MISMATCH,
  paramHeaderFault,
  paramHeadersOf,
} from "../protocol/param_headers.ts";
import { awaitApproval, clearApprovals, findApprovals, type StoppedRequest } from "./approval.ts";
import { askClient, isConfirmable } from "./confirmation.ts";
import { forwardRequest } from "./forward.ts";
import type { Delivery } from "./ordered.ts";
import { isWaiting } from "./pending.ts";
import { noteInputs } from "./returned.ts";
import type { RelayState } from "./state.ts";
import type { Pending } from "./types.ts";

/**
 * Decide a call, and give what is left to do with it (docs/spec/mcp.md 10.2).
 *
 * @param delivered resolves when everything before this call reached the server
 */
export async function decideRequest(
  state: RelayState,
  message: RequestMessage,
  subject: Subject,
  pending: Pending,
  delivered: () => Promise<void>,
): Promise<Delivery> {
  const { decider, log, session } = state.context;
  const stop = (why: Parameters<typeof stopReply>[2]): Delivery => () => {
    if (!isWaiting(state, pending)) return;
    state.requests.take(pending.upstreamId);
    return pending.outlet.answer(stopReply(pending.id, subject, why, pending.revision));
  };
  /** Each decision that wants an approval keeps the intent of the call until this is over. */
  const kept: (() => void)[] = [];
  const letGo = () => {
    for (const end of kept) end();
  };
  try {
    const listed = await findListed(state, subject, pending, delivered);
    const mismatch = repeatArguments(subject, listed, pending);
    if (mismatch !== undefined) {
      return () => {
        if (!isWaiting(state, pending)) return;
        state.requests.take(pending.upstreamId);
        const text = `Refused by gait: ${mismatch} is not the argument in the body`;
        return pending.outlet.answer(encodeError(pending.id, HEADER_MISMATCH, text), HEADER_MISMATCH);
      };
    }
    const memory = state.memoryOf(pending.identity);
    // Apart from each other, for an argument may have the name of a part of the continuation.
    const taint = [
      ...memory?.match(subject.args, wordsOf(listed)) ?? [],
      ...subject.continuation ? memory?.match(subject.continuation) ?? [] : [],
    ];
    noteInputs(state, subject.continuation?.["inputResponses"], pending.identity);
    const call = { message, subject, taint, session, identity: pending.identity };
    let latest: Promise<Listed | undefined> | undefined = Promise.resolve(listed);
    let last: GatewayAnswer | undefined;
    const decide = async (
      more: Pick<Parameters<typeof decider.decide>[0], "approvals" | "confirmation">,
    ) => {
      // Whoever approves may take a while, in which the server can describe the tool anew.
      const known = await (latest ?? findListed(state, subject, pending, delivered));
      latest = undefined;
      const answer = await decider.decide({ ...call, listed: known, ...more });
      if (answer.letGo) kept.push(answer.letGo);
      const confirmed = more.confirmation !== undefined &&
        answer.decision.outcome.verdict === "require_approval";
      pending.entry = await log.decided(subject, answer, confirmed);
      last = answer;
      return answer;
    };
    let answer = await decide({ approvals: [], confirmation: undefined });
    let approvals: StoppedRequest["tried"] = [];
    if (answer.decision.outcome.verdict === "require_approval") {
      approvals = await findApprovals(answer, state.context);
      if (approvals.length > 0) {
        answer = await decide({ approvals, confirmation: undefined });
        await clearApprovals(answer, state.context);
      }
    }
    switch (answer.decision.outcome.verdict) {
      case "allow":
        letGo();
        return () => forwardRequest(state, message, pending);
      case "require_approval":
        return () => {
          // Not awaited: what comes behind this call does not wait for a person.
          const waited = awaitPerson(state, subject, { pending, answer, tried: approvals, decide }).finally(
            letGo,
          ).then(
            (allowed) =>
              allowed
                ? forwardRequest(state, message, pending)
                : stop(stopOf(last ?? answer, state.context.options.approvalsFolder))(),
            (error) => stop(undecidedFor(error))(),
          ).catch(() => {}).finally(() => state.personWaits.delete(waited));
          state.personWaits.add(waited);
        };
      default:
        letGo();
        return stop(stopOf(answer, state.context.options.approvalsFolder));
    }
  } catch (error) {
    letGo();
    state.context.notify(`a call was not decided: ${messageOf(error)}`);
    return stop(undecidedFor(error));
  }
}

/**
 * Note the headers that repeat the arguments of a call, for the server.
 *
 * @returns the header of the client that says something else
 */
function repeatArguments(
  { kind, args }: Subject,
  listed: Listed | undefined,
  pending: Pending,
): string | undefined {
  if (kind !== "tool" || !pending.revision.stateless || listed?.kind !== "found") return undefined;
  const expected = paramHeadersOf(listed.descriptor["inputSchema"], args);
  pending.upstreamHeaders = Object.fromEntries(
    expected.flatMap(({ name, value }) => value === undefined ? [] : [[name, encodeHeader(String(value))]]),
  );
  return pending.paramHeaders && paramHeaderFault(expected, pending.paramHeaders);
}

/** Wait for an approval, or for the person at the client, whoever is first. */
async function awaitPerson(
  state: RelayState,
  subject: Subject,
  stopped: StoppedRequest,
): Promise<boolean> {
  const { pending, answer, decide } = stopped;
  const approved = awaitApproval(stopped, state.context);
  if (!state.context.options.elicitApprovals || !isConfirmable(answer)) return await approved;
  const byToken = approved.then((allowed) => ({ confirmed: false, allowed }));
  const asked = askClient(state, subject, answer, pending).catch(() => undefined);
  const byClient = asked.then((question) => question?.answer)
    .then((said) => said === undefined ? byToken : { confirmed: true, allowed: said });
  const { confirmed, allowed } = await Promise.race([byToken, byClient]);
  pending.cancel?.();
  await (await asked)?.withdraw();
  if (!confirmed || !allowed || pending.cancelled) return allowed;
  // Decided once more, so that the confirmation stands in a trace before the call is forwarded.
  const again = await decide({ approvals: [], confirmation: "accepted" });
  const { verdict } = again.decision.outcome;
  return verdict === "allow" || verdict === "require_approval" && isConfirmable(again);
}

/** What the server lists; it is asked only when everything before this call reached it. */
async function findListed(
  state: RelayState,
  { kind, name }: Subject,
  { clientMeta, outlet }: Pending,
  delivered: () => Promise<void>,
): Promise<Listed | undefined> {
  const { hooks } = state.context;
  if (kind !== "tool" && !(kind === "prompt" && hooks.pins)) return undefined;
  const catalog = state.catalog(kind, clientMeta, outlet.authorization);
  if (!catalog.isFresh()) await delivered();
  return await catalog.find(name);
}

/** The words of the schema of a tool, which are no data of the caller. */
function wordsOf(listed: Listed | undefined): ReadonlySet<string> | undefined {
  if (listed?.kind !== "found") return undefined;
  const known = WORDS.get(listed.descriptor);
  if (known) return known;
  const words = schemaWords(listed.descriptor["inputSchema"]);
  WORDS.set(listed.descriptor, words);
  return words;
}

const WORDS = new WeakMap<object, ReadonlySet<string>>();

function undecidedFor(error: unknown): ReturnType<typeof undecided> {
  if (!(error instanceof GaitError)) return undecided("gateway_failed");
  return undecided(error.code === "invalid_input" ? "call_unreadable" : `gateway_${error.code}`);
}
