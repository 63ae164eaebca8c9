import {
  type Fault,
  INTERNAL_ERROR,
  INVALID_PARAMS,
  INVALID_REQUEST,
  type Message,
  METHOD_NOT_FOUND,
  type NotificationMessage,
  readMessage,
  type RequestMessage,
  type ResponseMessage,
} from "../codec/message.ts";
import { encodeError, encodeFault } from "../codec/reply.ts";
import { goneReply, stopReply } from "../decision/block.ts";
import { DECIDED, subjectOf } from "../decision/subject.ts";
import { LATEST_SESSION, type Revision, sessionRevision, STATELESS } from "../protocol/revisions.ts";
import { addresseeOf, answerBytes, notificationBytes } from "./addressee.ts";
import { decideAsked, decideInputs } from "./asked.ts";
import { MAX_IN_FLIGHT } from "./in_flight.ts";
import { type Delivery, Ordered } from "./ordered.ts";
import { endUnanswered } from "./pending.ts";
import { noteReturned, noteUnasked, type Unasked } from "./returned.ts";
import { shownList } from "./shown_list.ts";
import type { RelayState } from "./state.ts";
import type { Outlet, Pending } from "./types.ts";
import type { ServerMessage } from "../upstream/link.ts";

const NOTHING: Delivery = () => {};

/** Takes what the server says: remembers what comes back, decides what it asks for, and passes the rest as it came. */
export class ServerSide {
  readonly #order = new Ordered();
  #unanswered = 0;

  /** @param outlet where messages go that belong to no request; `undefined` where nobody listens */
  constructor(readonly state: RelayState, readonly outlet: () => Outlet | undefined) {}

  /**
   * Take one message or batch, or what is left of one that is too long; resolves when it was passed on.
   *
   * @param outlet where messages go that name no request, when they came with one
   */
  async take(message: ServerMessage, outlet?: Outlet): Promise<void> {
    const read = message instanceof Uint8Array ? readMessage(message) : message;
    const members = read.kind === "batch" ? read.members : [read];
    await Promise.all(members.map((member) => this.#order.add(this.#receive(member, outlet))));
  }

  /**
   * The server ended: whoever waits for it is answered within a second (docs/spec/mcp.md 10.12), whatever else is still on
   * its way. Resolves when all of it is delivered.
   */
  async end(): Promise<void> {
    const { state } = this;
    // First, for what is on its way may wait for a question of the gateway.
    state.noteServerEnd();
    const { delivered } = this.#order;
    await this.#soon(delivered);
    const rest = state.requests.drain();
    this.#unanswered = rest.length;
    const answers = rest.map(async (pending) => {
      pending.cancel?.();
      endUnanswered(state, pending);
      await pending.outlet.answer(goneReply(pending.id));
    });
    await Promise.all([delivered, ...answers]);
  }

  /** How many requests it left without an answer when it ended. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** What the server still said comes first, unless a client that shares it with others takes too long to read that. */
  async #soon(delivered: Promise<void>): Promise<void> {
    const { promise: tooLong, resolve } = Promise.withResolvers<void>();
    const callOff = this.state.context.after(LAST_WORDS, resolve);
    await Promise.race([delivered, tooLong]);
    callOff();
  }

  async #receive(message: Message | Fault, outlet: Outlet | undefined): Promise<Delivery> {
    switch (message.kind) {
      case "fault":
        return this.#fault(message, outlet);
      case "response":
        return await this.#response(message);
      case "request":
        return await this.#request(message, outlet);
      case "notification":
        return this.#notification(message, outlet);
      case "orphan":
        return this.#pass(message.bytes, outlet, {
          kind: "tool_output",
          method: "error",
          said: message.error,
        });
    }
  }

  /** What can't be read is passed to nobody; whoever waits for it, or for an answer to it, hears of it. */
  #fault(fault: Fault, outlet: Outlet | undefined): Delivery {
    const { id, reason } = fault;
    if (fault.isRequest) {
      // What names no request needs no answer: many servers print lines for people, too.
      if (id === null) return NOTHING;
      const about = { outlet: outlet ?? SILENT, stateless: false };
      return () => this.state.context.upstream.send(encodeFault(fault), about);
    }
    const pending = id === null ? undefined : this.state.requests.get(id);
    if (!pending?.forwarded) return NOTHING;
    endUnanswered(this.state, pending);
    const text = `Refused by gait: the answer of the server can't be used: ${reason}`;
    return () => pending.outlet.answer(encodeError(pending.id, INTERNAL_ERROR, text));
  }

  async #response(message: ResponseMessage): Promise<Delivery> {
    const { state } = this;
    if (state.takeOwn(message)) return NOTHING;
    const pending = state.requests.get(message.id);
    // What was not forwarded can't be answered: it waits for a decision.
    if (!pending?.forwarded) return NOTHING;
    state.requests.take(message.id);
    try {
      return await this.#answer(message, pending);
    } finally {
      state.endComparing(pending);
    }
  }

  async #answer(message: ResponseMessage, pending: Pending): Promise<Delivery> {
    const { state } = this;
    const { result } = message;
    if (pending.method === "initialize" && result) {
      state.negotiated = sessionRevision(result["protocolVersion"]) ?? LATEST_SESSION;
    }
    // Also where the revision of the request has no such results: a client may speak several, and look at no revision.
    if (result && Object.hasOwn(result, "inputRequests")) {
      const stop = await decideInputs(state, result, pending);
      if (stop) {
        noteReturned(state, message, pending, { isShown: false });
        const subject = pending.subject ?? { kind: "resource", isTask: false };
        return () => pending.outlet.answer(stopReply(pending.id, subject, stop, pending.revision));
      }
    }
    const shown = await shownList(message, pending, state);
    return () => {
      const answered = pending.outlet.answer(shown ?? answerBytes(state, message, pending));
      // INVARIANT: remembered in the turn in which it is sent, so before anything that the client says to it is read.
      noteReturned(state, message, pending, { isShown: true });
      return answered;
    };
  }

  async #request(message: RequestMessage, outlet: Outlet | undefined): Promise<Delivery> {
    const { id, method, params } = message;
    const { state } = this;
    const { options, upstream } = state.context;
    const refuse = (code: number, text: string): Delivery => () =>
      upstream.send(encodeError(id, code, text), { outlet: outlet ?? SILENT, stateless: false });
    const to = outlet ?? this.outlet();
    if (state.isOwnId(id)) return refuse(INVALID_REQUEST, "Ids of this form are those of the gateway");
    if (state.serverRequests.has(id)) {
      return refuse(INVALID_REQUEST, "A request with this id waits for its answer");
    }
    if (state.serverRequests.size >= MAX_IN_FLIGHT) return refuse(INVALID_REQUEST, "Too many requests wait");
    const revision = this.#revision();
    if (!to || !revision.serverRequests.has(method) && !options.passMethods.has(method)) {
      return refuse(METHOD_NOT_FOUND, `Method not found in revision ${revision.name}`);
    }
    const subject = Object.hasOwn(DECIDED, method) ? subjectOf(method, params) : undefined;
    if (subject && "badParams" in subject) return refuse(INVALID_PARAMS, subject.badParams);
    state.serverRequests.add(id, { method });
    const identity = this.#identityAt(to);
    const forward: Delivery = () => {
      noteUnasked(state, { kind: "external", method, said: params }, identity);
      return to.send(message.bytes);
    };
    if (!subject || !options.decides.has(subject.kind)) return forward;
    const stop = await decideAsked(state, method, params, identity, message);
    if (!stop) return forward;
    return async () => {
      state.serverRequests.take(id);
      await upstream.send(stopReply(id, subject, stop, revision), { outlet: to, stateless: false });
    };
  }

  #notification(message: NotificationMessage, outlet: Outlet | undefined): Delivery {
    const { state } = this;
    const { method, params } = message;
    const { options } = state.context;
    if (Object.hasOwn(DECIDED, method)) return NOTHING;
    if (LIST_CHANGES.has(method)) state.invalidateCatalogs();
    const known = this.#revisions().some((revision) => revision.serverNotifications.has(method));
    if (!known && !options.passMethods.has(method)) return NOTHING;
    if (method === "notifications/cancelled") {
      const { requestId } = params;
      if (typeof requestId === "string" || typeof requestId === "number") {
        if (state.isOwnId(requestId)) return NOTHING;
        state.serverRequests.take(requestId);
      }
    }
    const owner = addresseeOf(state, message);
    // Logs and progress tell of what tools do.
    const unasked: Unasked = { kind: "tool_output", method, said: params };
    if (!options.shared) return this.#pass(message.bytes, owner?.outlet ?? outlet, unasked);
    // Several clients share the server: what names no request of theirs is for none of them.
    if (!owner) return NOTHING;
    return () => {
      noteUnasked(state, unasked, owner.identity);
      return owner.outlet.send(notificationBytes(message, owner));
    };
  }

  #pass(bytes: Uint8Array, outlet: Outlet | undefined, unasked: Unasked): Delivery {
    const to = outlet ?? this.outlet();
    if (!to) return NOTHING;
    const identity = this.#identityAt(to);
    return () => {
      noteUnasked(this.state, unasked, identity);
      return to.send(bytes);
    };
  }

  /** Who gets what goes to an outlet: of several clients of a server, each remembers what it was given itself. */
  #identityAt(outlet: Outlet): string | undefined {
    return this.state.requests.values().find((pending) => pending.outlet === outlet)?.identity;
  }

  #revision(): Revision {
    return this.state.negotiated ?? (this.state.context.options.shared ? STATELESS : LATEST_SESSION);
  }

  /** Without a session, a notification may be of either kind of revision. */
  #revisions(): readonly Revision[] {
    return this.state.negotiated ? [this.state.negotiated] : [LATEST_SESSION, STATELESS];
  }
}

/** How long those who wait for a server that ended may have to wait for what it still said, in milliseconds. */
const LAST_WORDS = 250;

/** Descriptors may have changed. */
const LIST_CHANGES: ReadonlySet<string> = new Set([
  "notifications/tools/list_changed",
  "notifications/prompts/list_changed",
]);

/** Nobody waits for what the server says to a refusal. */
const SILENT: Outlet = {
  send: () => Promise.resolve(),
  answer: () => Promise.resolve(),
  dropped: () => {},
};
