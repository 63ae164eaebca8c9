import { messageOf } from "../../../errors/mod.ts";
import { utf8 } from "../../../formats/bytes.ts";
import { isJsonObject, type JsonObject } from "../../../formats/json/mod.ts";
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
import { encodeError } from "../codec/reply.ts";
import {
  ID,
  PROGRESS_TOKEN,
  RESULT_SUBSCRIPTION_ID,
  scanMessage,
  SUBSCRIPTION_ID,
  SUBSCRIPTION_ID_KEY,
} from "../codec/scan.ts";
import { type Replacement, spliced } from "../codec/splice.ts";
import { goneReply, type Stop, stopOf, stopReply, undecided } from "../decision/block.ts";
import { DECIDED, type Subject, subjectOf } from "../decision/subject.ts";
import { LATEST_SESSION, type Revision, sessionRevision, STATELESS } from "../protocol/revisions.ts";
import { MAX_IN_FLIGHT } from "./in_flight.ts";
import { type Delivery, Ordered } from "./ordered.ts";
import type { RelayState } from "./state.ts";
import { shownList } from "./shown_list.ts";
import type { Outlet, Pending } from "./types.ts";

const NOTHING: Delivery = () => {};

/** Takes what the server says: remembers what comes back, decides what it asks for, and passes the rest as it came. */
export class ServerSide {
  readonly #order = new Ordered();

  /** @param outlet where messages go that belong to no request; `undefined` where nobody listens */
  constructor(readonly state: RelayState, readonly outlet: () => Outlet | undefined) {}

  /**
   * Take one message or batch; resolves when it was passed on.
   *
   * @param outlet where messages go that name no request, when they came with one
   */
  async take(bytes: Uint8Array, outlet?: Outlet): Promise<void> {
    const read = readMessage(bytes);
    const members = read.kind === "batch" ? read.members : [read];
    await Promise.all(members.map((member) => this.#order.add(this.#receive(member, outlet))));
  }

  /** The server ended: whoever waits for it is answered at once. */
  async end(): Promise<void> {
    await this.#order.delivered;
    this.state.abandonOwn();
    for (const pending of this.state.requests.drain()) {
      pending.cancel?.();
      if (pending.entry) this.state.context.log.ended(pending.entry, { status: "error", output: undefined });
      await pending.outlet.answer(goneReply(pending.id));
    }
  }

  async #receive(message: Message | Fault, outlet: Outlet | undefined): Promise<Delivery> {
    switch (message.kind) {
      case "fault":
        return this.#fault(message);
      case "response":
        return await this.#response(message);
      case "request":
        return await this.#request(message, outlet);
      case "notification":
        return this.#notification(message, outlet);
      case "orphan":
        return this.#pass(message.bytes, outlet);
    }
  }

  /** What can't be read is passed to nobody; whoever waits for it hears of it. */
  #fault({ id, reason }: Fault): Delivery {
    const pending = id === null ? undefined : this.state.requests.get(id);
    if (!pending?.forwarded) return NOTHING;
    this.state.requests.take(pending.upstreamId);
    if (pending.entry) this.state.context.log.ended(pending.entry, { status: "error", output: undefined });
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
    const { result, error } = message;
    if (pending.method === "initialize" && result) {
      state.negotiated = sessionRevision(result["protocolVersion"]) ?? LATEST_SESSION;
    }
    if (pending.entry) {
      const failed = error !== undefined || result?.["isError"] === true;
      state.context.log.ended(pending.entry, { status: failed ? "error" : "ok", output: outputOf(message) });
    }
    if (result && pending.revision.stateless && result["resultType"] === "input_required") {
      const stop = await this.#decideInputs(result, pending);
      if (stop) {
        const subject = pending.subject ?? { kind: "resource", isTask: false };
        return () => pending.outlet.answer(stopReply(pending.id, subject, stop, pending.revision));
      }
    }
    await this.#remember(message, pending);
    const shown = await shownList(message, pending, state);
    return () => pending.outlet.answer(shown ?? this.#answerBytes(message, pending));
  }

  /** What came back can only be recognised later if it is remembered before the client sees it. */
  async #remember(message: ResponseMessage, { method, subject }: Pending): Promise<void> {
    const { memory, context: { hash } } = this.state;
    if (!memory) return;
    const instructions = message.result?.["instructions"];
    if (GREETINGS.has(method) && typeof instructions === "string") {
      memory.remember({ kind: "external", ref: `${method}:instructions` }, instructions);
    }
    if (!REMEMBERED.has(method)) return;
    // Named by what came back, not by a request id: an approval must fit the same call later.
    const digest = await hash(outputOf(message));
    const from = subject === undefined ? method : `${method}:${subject.name}`;
    const ref = `${from.slice(0, 200)}:${digest.slice(0, 12)}`;
    const kind = TOOL_OUTPUTS.has(method) ? "tool_output" : "external";
    memory.remember({ kind, ref }, message.result ?? message.error ?? {});
  }

  #answerBytes({ bytes, text, scan: { ranges } }: ResponseMessage, pending: Pending): Uint8Array {
    if (!this.state.context.options.shared) return bytes;
    const replacements: Replacement[] = [{ range: ranges.get(ID)!, value: pending.id }];
    const subscription = ranges.get(RESULT_SUBSCRIPTION_ID);
    if (subscription) replacements.push({ range: subscription, value: pending.id });
    return spliced(text, replacements);
  }

  /** What the server asks of the client inside of a result; the first that may not be asked stops all. */
  async #decideInputs(result: JsonObject, { identity }: Pending): Promise<Stop | undefined> {
    const requests = result["inputRequests"];
    if (requests === undefined) return undefined;
    if (!isJsonObject(requests)) return undecided("mcp_input_requests_unreadable");
    for (const request of Object.values(requests)) {
      if (!isJsonObject(request) || typeof request["method"] !== "string") {
        return undecided("mcp_input_requests_unreadable");
      }
      const { method, params = {} } = request;
      if (!INPUT_METHODS.has(method) || !isJsonObject(params)) {
        return undecided("mcp_input_requests_unreadable");
      }
      const stop = await this.#decideAsked(method, params, identity);
      if (stop) return stop;
    }
    return undefined;
  }

  async #request(message: RequestMessage, outlet: Outlet | undefined): Promise<Delivery> {
    const { id, method, params } = message;
    const { state } = this;
    const { options, upstream } = state.context;
    const refuse = (code: number, text: string): Delivery => () =>
      upstream.send(encodeError(id, code, text), { outlet: outlet ?? SILENT, stateless: false });
    const to = outlet ?? this.outlet();
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
    const forward: Delivery = () => to.send(message.bytes);
    if (!subject || !options.decides.has(subject.kind)) return forward;
    const stop = await this.#decideAsked(method, params, undefined, message);
    if (!stop) return forward;
    return async () => {
      state.serverRequests.take(id);
      await upstream.send(stopReply(id, subject, stop, revision), { outlet: to, stateless: false });
    };
  }

  /** Decide what the server asks of the client; nobody waits for approvals of that. */
  async #decideAsked(
    method: string,
    params: JsonObject,
    identity: string | undefined,
    written?: RequestMessage,
  ): Promise<Stop | undefined> {
    const { decider, log, session, options } = this.state.context;
    const subject = Object.hasOwn(DECIDED, method) ? subjectOf(method, params) : undefined;
    if (!subject) return undefined;
    if ("badParams" in subject) return undecided("mcp_input_requests_unreadable");
    if (!options.decides.has(subject.kind)) return undefined;
    try {
      const taint = this.state.memory?.match(subject.args) ?? [];
      const message = written ?? { text: "", scan: scanMessage("") };
      const answer = await decider.decide({
        message,
        subject,
        listed: undefined,
        taint,
        approvals: [],
        session,
        identity,
        confirmation: undefined,
      });
      await log.decided(subject as Subject, answer);
      return answer.decision.outcome.verdict === "allow"
        ? undefined
        : stopOf(answer, options.approvalsFolder);
    } catch (error) {
      this.state.context.notify(`a request of the server was not decided: ${messageOf(error)}`);
      return undecided("gateway_failed");
    }
  }

  #notification(message: NotificationMessage, outlet: Outlet | undefined): Delivery {
    const { state } = this;
    const { method, params } = message;
    const { options } = state.context;
    if (LIST_CHANGES.has(method)) state.invalidateCatalogs();
    const known = this.#revisions().some((revision) => revision.serverNotifications.has(method));
    if (!known && !options.passMethods.has(method)) return NOTHING;
    if (method === "notifications/cancelled") {
      const { requestId } = params;
      if (typeof requestId === "string" || typeof requestId === "number") {
        state.serverRequests.take(requestId);
      }
    }
    const owner = this.#ownerOf(message);
    if (!options.shared) return this.#pass(message.bytes, owner?.outlet ?? outlet);
    // Several clients share the server: what names no request of theirs is for none of them.
    if (!owner) return NOTHING;
    return () => owner.outlet.send(this.#notificationBytes(message, owner));
  }

  /** The request that a notification is about. */
  #ownerOf({ method, params }: NotificationMessage): Pending | undefined {
    const { state } = this;
    const meta = params["_meta"];
    const subscription = isJsonObject(meta) ? meta[SUBSCRIPTION_ID_KEY] : undefined;
    if (typeof subscription === "string" || typeof subscription === "number") {
      return state.requests.get(subscription);
    }
    if (method !== "notifications/progress") {
      const [only, other] = state.requests.size > 2 ? [] : state.requests.values();
      return state.context.options.shared && only && !other ? only : undefined;
    }
    const token = params["progressToken"];
    if (state.context.options.shared) {
      return typeof token === "number" ? state.requests.get(token) : undefined;
    }
    return state.requests.values().find(({ upstreamToken }) =>
      upstreamToken !== undefined && upstreamToken === token
    );
  }

  #notificationBytes({ text, scan: { ranges } }: NotificationMessage, owner: Pending): Uint8Array {
    const replacements: Replacement[] = [];
    const subscription = ranges.get(SUBSCRIPTION_ID);
    if (subscription) replacements.push({ range: subscription, value: owner.id });
    const token = ranges.get(PROGRESS_TOKEN);
    if (token && owner.progressToken !== undefined) {
      replacements.push({ range: token, value: owner.progressToken });
    }
    return spliced(text, replacements);
  }

  #pass(bytes: Uint8Array, outlet: Outlet | undefined): Delivery {
    const to = outlet ?? this.outlet();
    return to ? () => to.send(bytes) : NOTHING;
  }

  #revision(): Revision {
    return this.state.negotiated ?? (this.state.context.options.shared ? STATELESS : LATEST_SESSION);
  }

  /** Without a session, a notification may be of either kind of revision. */
  #revisions(): readonly Revision[] {
    return this.state.negotiated ? [this.state.negotiated] : [LATEST_SESSION, STATELESS];
  }
}

/** Descriptors may have changed. */
const LIST_CHANGES: ReadonlySet<string> = new Set([
  "notifications/tools/list_changed",
  "notifications/prompts/list_changed",
]);

/** What a server may ask for inside of a result. */
const INPUT_METHODS: ReadonlySet<string> = new Set([
  "sampling/createMessage",
  "elicitation/create",
  "roots/list",
]);

/** The methods whose results have instructions for the model. */
const GREETINGS: ReadonlySet<string> = new Set(["initialize", "server/discover"]);

/** The methods whose results a tool gave. */
const TOOL_OUTPUTS: ReadonlySet<string> = new Set(["tools/call", "tasks/result"]);

/** The methods whose results an agent reads. */
const REMEMBERED: ReadonlySet<string> = new Set([
  "tools/call",
  "resources/read",
  "resources/list",
  "resources/templates/list",
  "prompts/get",
  "prompts/list",
  "completion/complete",
  "tasks/result",
  "tasks/get",
]);

/** Nobody waits for what the server says to a refusal. */
const SILENT: Outlet = {
  send: () => Promise.resolve(),
  answer: () => Promise.resolve(),
  dropped: () => {},
};

/** The bytes whose digest stands for what a call gave. */
function outputOf({ result, error }: ResponseMessage): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify(result ?? error ?? null));
}
