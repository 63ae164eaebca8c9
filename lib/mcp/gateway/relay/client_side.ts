import { isJsonObject, type JsonObject } from "../../../formats/json/mod.ts";
import { type Fault, fault } from "../codec/fault.ts";
import {
  INTERNAL_ERROR,
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
import { DECIDED, subjectOf } from "../decision/subject.ts";
import { eraOf, UNSUPPORTED_VERSION, unsupportedVersion } from "../protocol/era.ts";
import { batchOutlet } from "./batch.ts";
import { decideRequest } from "./decide_request.ts";
import { forwardRequest } from "./forward.ts";
import { MAX_IN_FLIGHT } from "./in_flight.ts";
import { noteInputs } from "./returned.ts";
import { type Delivery, Ordered } from "./ordered.ts";
import { abandon, giveUp, pendingOf } from "./pending.ts";
import type { RelayState } from "./state.ts";
import type { Outlet, SentMessage } from "./types.ts";

/** Who a message comes from. */
export interface Caller {
  /** Where answers to it go. */
  readonly outlet: Outlet;
  readonly identity?: string | undefined;
  /** The headers that repeat arguments, where they must. */
  readonly paramHeaders?: ReadonlyMap<string, string> | undefined;
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
      const refused = fault(INVALID_REQUEST, "this revision has no batches");
      return await this.#order.add(this.#receive(refused, caller));
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
        return message.answerable
          ? reply(caller.outlet, encodeFault(message), message.code)
          : this.#faultyAnswer(message, caller.outlet);
      case "request":
        return await this.#request(message, caller);
      case "notification":
        return this.#notification(message, caller.outlet);
      case "response":
        return this.#response(message, caller);
      case "orphan":
        return NOTHING;
    }
  }

  async #request(message: RequestMessage, { outlet, identity, paramHeaders }: Caller): Promise<Delivery> {
    const { id, method, params } = message;
    const { state } = this;
    const { options } = state.context;
    const refuse = (code: number, text: string, data?: JsonObject) =>
      reply(outlet, encodeError(id, code, text, data), code);
    if (state.isOwnId(id)) return refuse(INVALID_REQUEST, "Refused by gait: ids of this form are its own");
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
    if (method === "initialize") {
      const { capabilities } = params;
      state.clientAsks = isJsonObject(capabilities) && isJsonObject(capabilities["elicitation"]);
    }
    const pending = pendingOf(state, message, { outlet, identity, revision, paramHeaders });
    const kind = Object.hasOwn(DECIDED, method) ? DECIDED[method]! : undefined;
    if (kind === undefined || !options.decides.has(kind)) {
      noteInputs(state, params["inputResponses"], identity);
      state.requests.add(pending.upstreamId, pending);
      return () => forwardRequest(state, message, pending);
    }
    const subject = subjectOf(method, params);
    if ("badParams" in subject) return refuse(INVALID_PARAMS, `Refused by gait: ${subject.badParams}`);
    pending.subject = subject;
    state.requests.add(pending.upstreamId, pending);
    return await decideRequest(state, message, subject, pending, () => this.#order.delivered);
  }

  #notification(message: NotificationMessage, outlet: Outlet): Delivery {
    const { state } = this;
    const { options, upstream } = state.context;
    const era = eraOf(message, state.negotiated);
    const { method, params } = message;
    // What is decided is a request: a notification of it would be executed by a server that does not look for the id.
    if (Object.hasOwn(DECIDED, method)) return NOTHING;
    const known = era.kind === "known" &&
      (era.revision.clientNotifications.has(method) || options.passMethods.has(method));
    if (!known) return NOTHING;
    const about = { outlet, method, stateless: era.kind === "known" && era.revision.stateless };
    if (method !== "notifications/cancelled") return () => upstream.send(message.bytes, about);
    const { requestId } = params;
    if (typeof requestId !== "string" && typeof requestId !== "number") return NOTHING;
    return this.#cancel(requestId, message, about);
  }

  /** An answer that can't be used is passed to nobody; whoever waits for it hears of it. */
  #faultyAnswer({ id, reason }: Fault, outlet: Outlet): Delivery {
    const { state } = this;
    if (id === null || state.takeConfirmation({ id }) || !state.serverRequests.take(id)) return NOTHING;
    const text = `Refused by gait: the answer of the client can't be used: ${reason}`;
    return () =>
      state.context.upstream.send(encodeError(id, INTERNAL_ERROR, text), { outlet, stateless: false });
  }

  /** The client gave a request up: it is not forwarded any more, or the server is notified. */
  #cancel(id: MessageId, message: NotificationMessage, about: SentMessage): Delivery {
    const { state } = this;
    if (state.context.options.shared) return NOTHING; // one client must not cancel the requests of another
    const pending = state.requests.get(id);
    if (pending) giveUp(state, pending);
    if (pending?.forwarded) abandon(state, pending);
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
      abandon(state, pending);
      const cancelled = encodeNotification("notifications/cancelled", { requestId: pending.upstreamId });
      const about = { outlet, method: "notifications/cancelled", stateless: pending.revision.stateless };
      await state.context.upstream.send(cancelled, about).catch(() => {});
    }
  }

  #response(message: ResponseMessage, { outlet, identity }: Caller): Delivery {
    const { state } = this;
    if (state.takeConfirmation(message)) return NOTHING;
    // An answer that nobody asked for could be taken for one by the server.
    const asked = state.serverRequests.take(message.id);
    if (!asked) return NOTHING;
    if (message.result && asked.method !== "ping") {
      const source = { kind: "external", ref: `client:${asked.method}` } as const;
      state.memoryOf(identity)?.remember(source, message.result);
    }
    return () => state.context.upstream.send(message.bytes, { outlet, stateless: false });
  }
}

function reply(outlet: Outlet, bytes: Uint8Array, refusal: number): Delivery {
  return () => outlet.answer(bytes, refusal);
}
