import { GaitError, messageOf } from "../../../errors/mod.ts";
import { isJsonObject, type JsonObject, without } from "../../../formats/json/mod.ts";
import {
  type Fault,
  INVALID_PARAMS,
  INVALID_REQUEST,
  type Message,
  type MessageId,
  METHOD_NOT_FOUND,
  type NotificationMessage,
  readMessage,
  type RequestMessage,
  type ResponseMessage,
} from "../codec/message.ts";
import { encodeError, encodeFault, encodeNotification } from "../codec/reply.ts";
import { ID, OWN_PROGRESS_TOKEN } from "../codec/scan.ts";
import { type Replacement, spliced } from "../codec/splice.ts";
import { schemaWords } from "../../taint/schema_words.ts";
import type { Listed } from "../catalog/catalog.ts";
import { goneReply, stopOf, stopReply, undecided } from "../decision/block.ts";
import { DECIDED, type Subject, subjectOf } from "../decision/subject.ts";
import {
  CAPABILITIES_KEY,
  CLIENT_INFO_KEY,
  eraOf,
  UNSUPPORTED_VERSION,
  unsupportedVersion,
  VERSION_KEY,
} from "../protocol/era.ts";
import type { Revision } from "../protocol/revisions.ts";
import { awaitApproval, clearApprovals, findApprovals } from "./approval.ts";
import { batchOutlet } from "./batch.ts";
import { MAX_IN_FLIGHT } from "./in_flight.ts";
import { type Delivery, Ordered } from "./ordered.ts";
import type { RelayState } from "./state.ts";
import type { Outlet, Pending, SentMessage } from "./types.ts";

/** Who a message comes from. */
export interface Caller {
  /** Where answers to it go. */
  readonly outlet: Outlet;
  readonly identity?: string | undefined;
}

const NOTHING: Delivery = () => {};

/** Takes what the client says: decides it, answers what it stops, and forwards the rest as it came. */
export class ClientSide {
  readonly #order = new Ordered();

  constructor(readonly state: RelayState) {}

  /** Take one message or batch; resolves when it was forwarded or answered. */
  async take(bytes: Uint8Array, caller: Caller): Promise<void> {
    await this.takeRead(readMessage(bytes), caller);
  }

  /** The same for one that was read already. */
  async takeRead(read: ReturnType<typeof readMessage>, caller: Caller): Promise<void> {
    if (read.kind !== "batch") return await this.#order.add(this.#receive(read, caller));
    const { negotiated } = this.state;
    if (!negotiated?.batches) {
      const fault: Fault = {
        kind: "fault",
        code: INVALID_REQUEST,
        reason: "this revision has no batches",
        id: null,
        answerable: true,
      };
      return await this.#order.add(this.#receive(fault, caller));
    }
    const outlet = batchOutlet(read.members, caller.outlet);
    await Promise.all(
      read.members.map((member) => this.#order.add(this.#receive(member, { ...caller, outlet }))),
    );
  }

  /** Resolves when everything so far was forwarded or answered, except what waits for a person. */
  get delivered(): Promise<void> {
    return this.#order.delivered;
  }

  /** Look at a message at once; what is left to do waits for its turn. */
  async #receive(message: Message | Fault, caller: Caller): Promise<Delivery> {
    switch (message.kind) {
      case "fault":
        return message.answerable ? reply(caller.outlet, encodeFault(message), message.code) : NOTHING;
      case "request":
        return await this.#request(message, caller);
      case "notification":
        return this.#notification(message, caller.outlet);
      case "response":
        return this.#response(message, caller.outlet);
      case "orphan":
        return NOTHING;
    }
  }

  async #request(message: RequestMessage, { outlet, identity }: Caller): Promise<Delivery> {
    const { id, method, params } = message;
    const { state } = this;
    const { options } = state.context;
    const refuse = (code: number, text: string, data?: JsonObject) =>
      reply(outlet, encodeError(id, code, text, data), code);
    if (!options.shared && state.requests.has(id)) {
      return refuse(INVALID_REQUEST, "Refused by gait: a request with this id waits for its answer");
    }
    if (state.requests.size >= MAX_IN_FLIGHT) {
      return refuse(INVALID_REQUEST, `Refused by gait: more than ${MAX_IN_FLIGHT} requests wait`);
    }
    const era = eraOf(message, state.negotiated);
    if (era.kind === "unsupported") {
      const data = unsupportedVersion(era.requested);
      return refuse(UNSUPPORTED_VERSION, "Unsupported protocol version", data);
    }
    const { revision } = era;
    if (!revision.clientRequests.has(method) && !options.passMethods.has(method)) {
      return refuse(METHOD_NOT_FOUND, `Method not found in revision ${revision.name}`);
    }
    const pending = this.#pendingOf(message, { outlet, identity, revision });
    const kind = Object.hasOwn(DECIDED, method) ? DECIDED[method]! : undefined;
    if (kind === undefined || !options.decides.has(kind)) {
      state.requests.add(pending.upstreamId, pending);
      return () => this.#forward(message, pending);
    }
    const subject = subjectOf(method, params);
    if ("badParams" in subject) return refuse(INVALID_PARAMS, `Refused by gait: ${subject.badParams}`);
    pending.subject = subject;
    state.requests.add(pending.upstreamId, pending);
    return await this.#decide(message, subject, pending);
  }

  #pendingOf(
    message: RequestMessage,
    about: { readonly outlet: Outlet; readonly identity: string | undefined; readonly revision: Revision },
  ): Pending {
    const meta = message.params["_meta"];
    const token = isJsonObject(meta) ? meta["progressToken"] : undefined;
    const progressToken = typeof token === "string" || typeof token === "number" ? token : undefined;
    const upstreamId = this.state.context.options.shared ? this.state.nextNumber() : message.id;
    return {
      id: message.id,
      upstreamId,
      method: message.method,
      progressToken,
      upstreamToken: progressToken !== undefined && this.state.context.options.shared
        ? upstreamId
        : progressToken,
      clientMeta: about.revision.stateless ? clientMeta(message.params) : undefined,
      ...about,
    };
  }

  async #decide(message: RequestMessage, subject: Subject, pending: Pending): Promise<Delivery> {
    const { state } = this;
    const { decider, log, session } = state.context;
    const stop = (why: Parameters<typeof stopReply>[2]): Delivery => () => {
      if (state.requests.take(pending.upstreamId) !== pending || pending.cancelled) return;
      return pending.outlet.answer(stopReply(pending.id, subject, why, pending.revision));
    };
    try {
      const listed = await this.#find(subject, pending);
      const words = wordsOf(listed);
      const taint = state.memory?.match({ ...subject.args, ...subject.continuation }, words) ?? [];
      // Not the continuation: that is the server's own state, which the client hands back.
      state.memory?.sent(subject.args, words);
      const call = { message, subject, listed, taint, session, identity: pending.identity };
      const decide = async (
        more: Pick<Parameters<typeof decider.decide>[0], "approvals" | "confirmation">,
      ) => {
        const answer = await decider.decide({ ...call, ...more });
        pending.entry = await log.decided(subject, answer);
        return answer;
      };
      let answer = await decide({ approvals: [], confirmation: undefined });
      if (answer.decision.outcome.verdict === "require_approval") {
        const approvals = await findApprovals(answer, state.context);
        if (approvals.length > 0) {
          answer = await decide({ approvals, confirmation: undefined });
          await clearApprovals(answer, state.context);
        }
      }
      switch (answer.decision.outcome.verdict) {
        case "allow":
          return () => this.#forward(message, pending);
        case "require_approval":
          return () => {
            // Not awaited: what comes behind this call does not wait for a person.
            void awaitApproval({ pending, answer, decide }, state.context).then(
              (allowed) =>
                allowed
                  ? this.#forward(message, pending)
                  : stop(stopOf(answer, state.context.options.approvalsFolder))(),
              (error) => stop(undecidedFor(error))(),
            ).catch(() => {});
          };
        default:
          return stop(stopOf(answer, state.context.options.approvalsFolder));
      }
    } catch (error) {
      state.context.notify(`a call was not decided: ${messageOf(error)}`);
      return stop(undecidedFor(error));
    }
  }

  /** What the server lists; it is asked only when everything before this call reached it. */
  async #find({ kind, name }: Subject, { clientMeta, outlet }: Pending): Promise<Listed | undefined> {
    const { hooks } = this.state.context;
    if (kind !== "tool" && !(kind === "prompt" && hooks.pins)) return undefined;
    const catalog = this.state.catalog(kind, clientMeta, outlet.authorization);
    if (!catalog.isFresh()) await this.#order.delivered;
    return await catalog.find(name);
  }

  async #forward(message: RequestMessage, pending: Pending): Promise<void> {
    if (pending.cancelled || this.state.requests.get(pending.upstreamId) !== pending) return;
    pending.forwarded = true;
    try {
      await this.state.context.upstream.send(this.#bytesOf(message, pending), {
        outlet: pending.outlet,
        method: message.method,
        id: pending.upstreamId,
        named: namedBy(message.params),
        stateless: pending.revision.stateless,
      });
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      if (this.state.requests.take(pending.upstreamId)) await pending.outlet.answer(goneReply(pending.id));
    }
  }

  /** INVARIANT: what is forwarded are the bytes that were decided; for shared servers, but for id and progress token. */
  #bytesOf({ bytes, text, scan: { ranges } }: RequestMessage, pending: Pending): Uint8Array {
    if (!this.state.context.options.shared) return bytes;
    const replacements: Replacement[] = [{ range: ranges.get(ID)!, value: pending.upstreamId }];
    const token = ranges.get(OWN_PROGRESS_TOKEN);
    if (token && pending.upstreamToken !== undefined) {
      replacements.push({ range: token, value: pending.upstreamToken });
    }
    return spliced(text, replacements);
  }

  #notification(message: NotificationMessage, outlet: Outlet): Delivery {
    const { state } = this;
    const { options, upstream } = state.context;
    const era = eraOf(message, state.negotiated);
    const { method, params } = message;
    const known = era.kind === "known" &&
      (era.revision.clientNotifications.has(method) || options.passMethods.has(method));
    if (!known) return NOTHING;
    const about = { outlet, method, stateless: era.kind === "known" && era.revision.stateless };
    if (method !== "notifications/cancelled") return () => upstream.send(message.bytes, about);
    const { requestId } = params;
    if (typeof requestId !== "string" && typeof requestId !== "number") return NOTHING;
    return this.#cancel(requestId, message, about);
  }

  /** The client gave a request up: it is not forwarded any more, or the server is notified. */
  #cancel(id: MessageId, message: NotificationMessage, about: SentMessage): Delivery {
    const { state } = this;
    if (state.context.options.shared) return NOTHING; // one client must not cancel the requests of another
    const pending = state.requests.get(id);
    if (pending) giveUp(state, pending);
    return () =>
      pending && !pending.forwarded ? undefined : state.context.upstream.send(message.bytes, about);
  }

  /** The client went away without an answer, which in the stateless revision gives its request up. */
  async gone(outlet: Outlet): Promise<void> {
    const { state } = this;
    for (const pending of state.requests.values()) {
      if (pending.outlet !== outlet) continue;
      giveUp(state, pending);
      if (!pending.forwarded) continue;
      state.requests.take(pending.upstreamId);
      if (pending.entry) state.context.log.ended(pending.entry, { status: "error", output: undefined });
      const cancelled = encodeNotification("notifications/cancelled", { requestId: pending.upstreamId });
      const about = { outlet, method: "notifications/cancelled", stateless: pending.revision.stateless };
      await state.context.upstream.send(cancelled, about).catch(() => {});
    }
  }

  #response(message: ResponseMessage, outlet: Outlet): Delivery {
    const { state } = this;
    // An answer that nobody asked for could be taken for one by the server.
    const asked = state.serverRequests.take(message.id);
    if (!asked) return NOTHING;
    if (message.result && asked.method !== "ping") {
      state.memory?.remember({ kind: "external", ref: `client:${asked.method}` }, message.result);
    }
    return () => state.context.upstream.send(message.bytes, { outlet, stateless: false });
  }
}

/** End the wait for a person; a request that was not forwarded is forgotten. */
export function giveUp(state: RelayState, pending: Pending): void {
  pending.cancel?.();
  if (pending.forwarded) return;
  pending.cancelled = true;
  state.requests.take(pending.upstreamId);
  pending.outlet.dropped();
}

/** What a request names, which headers of the stateless revision repeat. */
function namedBy({ name, uri, taskId }: JsonObject): string | undefined {
  return [name, uri, taskId].find((value) => typeof value === "string") as string | undefined;
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

function reply(outlet: Outlet, bytes: Uint8Array, refusal: number): Delivery {
  return () => outlet.answer(bytes, refusal);
}

function undecidedFor(error: unknown): ReturnType<typeof undecided> {
  if (!(error instanceof GaitError)) return undecided("gateway_failed");
  return undecided(error.code === "invalid_input" ? "call_unreadable" : `gateway_${error.code}`);
}

/** What a request of the stateless revision says about its client. */
function clientMeta(params: JsonObject): JsonObject {
  const meta = isJsonObject(params["_meta"]) ? params["_meta"] : {};
  const kept = [VERSION_KEY, CAPABILITIES_KEY, CLIENT_INFO_KEY];
  return without(meta, ...Object.keys(meta).filter((key) => !kept.includes(key)));
}
