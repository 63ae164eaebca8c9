import type { ServerAnswer, ServerRequest } from "../../../effects/types.ts";
import { GaitError, messageOf } from "../../../errors/mod.ts";
import { asText } from "../../../formats/json/mod.ts";
import type { ClientTokens, TokenHolder } from "../../../serve/client_tokens.ts";
import { headersOf, type Route } from "../../../serve/guard.ts";
import {
  type Batch,
  type Fault,
  INTERNAL_ERROR,
  INVALID_PARAMS,
  INVALID_REQUEST,
  type Message,
  type MessageId,
  readMessage,
} from "../codec/message.ts";
import { encodeError, encodeFault, listOf } from "../codec/reply.ts";
import type { RefusedBatch } from "../codec/unread_message.ts";
import type { Gateway } from "../gateway.ts";
import { claimedVersion, UNSUPPORTED_VERSION, unsupportedVersion } from "../protocol/era.ts";
import { sessionRevision, STATELESS } from "../protocol/revisions.ts";
import type { Connection } from "../relay/connection.ts";
import { type ConnectionOptions, Connections } from "./connections.ts";
import { EventStream, readEventId } from "./event_stream.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { HEADER_MISMATCH } from "../protocol/param_headers.ts";
import { acceptsEvents, headerFault, headerOf, paramHeaders } from "./headers.ts";
import { refusal } from "./refusal.ts";
import type { RefuseTooLong } from "./rpc_refusals.ts";
import { HttpSession } from "./session.ts";

/** The path of the endpoint. */
export const ENDPOINT = "/mcp";

/** Errors about sessions, as implementations of the protocol give them. */
const BAD_SESSION = -32000;
const NO_SESSION = -32001;

/** How an endpoint works. */
export interface EndpointOptions extends ConnectionOptions {
  /** Who shows a token; absent where the gateway asks for none, and the server may. */
  readonly holderOf: ClientTokens["holderOf"] | undefined;
}

/** An MCP server over HTTP, in all revisions (docs/spec/mcp.md 10.1). */
export interface Endpoint {
  readonly routes: readonly Route[];
  readonly refuseTooLong: RefuseTooLong;
  /** End all sessions and seal their evidence. */
  close(): Promise<void>;
}

/** Make the endpoint of a gateway. */
export function makeEndpoint(gateway: Gateway, options: EndpointOptions): Endpoint {
  const connections = new Connections(gateway, options);
  const { after, now, notify } = options;

  async function post(body: Uint8Array<ArrayBuffer>, request: ServerRequest): Promise<ServerAnswer> {
    const read = readMessage(body);
    const caller = await callerOf(request);
    if (read.kind === "fault") return await refused(read, caller);
    const claim = read.kind === "batch" ? undefined : claimedVersion(read);
    const header = headerOf(request, "mcp-protocol-version");
    if (claim !== undefined && claim !== STATELESS.name && !sessionRevision(claim)) {
      const data = unsupportedVersion(asText(claim));
      return refusal(400, encodeError(idOf(read), UNSUPPORTED_VERSION, "Unsupported protocol version", data));
    }
    if (claim === STATELESS.name) return await stateless(read as Message, caller);
    if (header === STATELESS.name) {
      if (read.kind === "notification") return { status: 202, headers: {}, body: "" };
      const text = "The request says in its _meta neither its revision nor its capabilities";
      return refusal(400, encodeError(idOf(read), INVALID_PARAMS, text));
    }
    if (read.kind === "request" && read.method === "initialize") return await initialize(read, caller);
    return await inSession(read, caller);
  }

  /** Answer what is no message. The server may wait for it, if it is an answer of the client. */
  async function refused(read: Fault | RefusedBatch, caller: Caller): Promise<ServerAnswer> {
    const faults = read.kind === "batch" ? read.members : [read];
    const answers = faults.filter(({ id, answerable }) => id !== null && !answerable);
    if (answers.length > 0) {
      const session = sessionOf(caller);
      if (!(session instanceof HttpSession)) return session;
      const outlet = { ...session.outlet(), authorization: caller.authorization };
      for (const answer of answers) await session.connection!.client.takeRead(answer, { outlet });
    }
    const errors = faults.filter(({ answerable }) => answerable).map(encodeFault);
    if (read.kind === "batch" && errors.length > 0) return refusal(400, listOf(errors));
    // The id of an answer is one of the server: the client may wait for the answer to a request with the same.
    return refusal(400, errors[0] ?? encodeFault({ ...faults[0]!, id: null }));
  }

  async function stateless(message: Message, caller: Caller): Promise<ServerAnswer> {
    if (message.kind !== "request") return { status: 202, headers: {}, body: "" };
    const fault = headerFault(caller.request, message, {
      versions: (name) => name === STATELESS.name,
      required: true,
    });
    if (fault !== undefined) {
      return refusal(400, encodeError(message.id, HEADER_MISMATCH, `Refused by gait: ${fault}`));
    }
    const connection = await connections.shared();
    const sender = { ...caller, paramHeaders: paramHeaders(caller.request) };
    const open: Exchange = exchange(1, {
      ...exchangeOptions(caller, new EventStream("r", after, true)),
      statuses: true,
      elsewhere: () => Promise.resolve(),
      onGone: () => void connection.client.gone(open.outlet),
    });
    pass(connection, message, open, sender);
    return await open.answered;
  }

  async function initialize(message: Message, caller: Caller): Promise<ServerAnswer> {
    const session = await connections.begin(caller.holder?.owner);
    if (!session) {
      return refusal(503, encodeError(idOf(message), INVALID_REQUEST, "Refused by gait: too many sessions"));
    }
    return await answerIn(session, message, caller, { "mcp-session-id": session.id });
  }

  async function inSession(read: Message | Batch, caller: Caller): Promise<ServerAnswer> {
    const found = sessionOf(caller);
    if (!(found instanceof HttpSession)) return found;
    for (const member of read.kind === "batch" ? read.members : [read]) {
      if (member.kind !== "request") continue;
      // Clients may name another one than `initialize` gave: nothing is decided by it, and no server gets it.
      const fault = headerFault(caller.request, member, {
        versions: (name) => sessionRevision(name) !== undefined,
        required: false,
      });
      if (fault !== undefined) {
        return refusal(400, encodeError(member.id, HEADER_MISMATCH, `Refused by gait: ${fault}`));
      }
    }
    return await answerIn(found, read, caller, {});
  }

  async function answerIn(
    session: HttpSession,
    read: Message | Batch,
    caller: Caller,
    headers: Readonly<Record<string, string>>,
  ): Promise<ServerAnswer> {
    session.lastUsed = now();
    const members = read.kind === "batch" ? read.members : [read];
    // A batch is answered as one.
    const requests = members.some(isAnswered) ? 1 : 0;
    const stream = session.newStream();
    const given = exchangeOptions(caller, stream);
    const open = exchange(requests, {
      ...given,
      events: given.events && requests > 0,
      statuses: false,
      headers,
      elsewhere: (message) => session.general.send(message),
    });
    const taken = pass(session.connection!, read, open, caller);
    if (requests > 0) return await open.answered;
    await taken;
    stream.end();
    return { status: 202, headers, body: "" };
  }

  function exchangeOptions({ request, authorization }: Caller, stream: EventStream) {
    return { stream, events: acceptsEvents(request), headers: {}, authorization, after };
  }

  /** Hand a message to the relay. A failure there must not leave the client without an answer. */
  function pass(
    connection: Connection,
    read: Message | Batch,
    { outlet }: Exchange,
    { holder, paramHeaders }: Caller,
  ): Promise<void> {
    return connection.client.takeRead(read, { outlet, identity: holder?.identity, paramHeaders }).catch(
      async (error) => {
        notify(messageOf(error));
        await outlet.answer(
          encodeError(idOf(read), INVALID_REQUEST, "Refused by gait: the message was not forwarded"),
        );
      },
    );
  }

  function sessionOf({ request, holder }: Caller): HttpSession | ServerAnswer {
    const id = headerOf(request, "mcp-session-id");
    if (typeof id !== "string") {
      return refusal(400, encodeError(null, BAD_SESSION, "Bad Request: Mcp-Session-Id header is required"));
    }
    const session = connections.session(id);
    // A session belongs to whoever began it; for others it does not exist (docs/threat_model.md 43).
    if (!session?.connection || session.owner !== holder?.owner) {
      return refusal(404, encodeError(null, NO_SESSION, "Session not found"));
    }
    session.lastUsed = now();
    return session;
  }

  async function callerOf(request: ServerRequest): Promise<Caller> {
    const [authorization] = headersOf(request, "authorization");
    if (!options.holderOf) return { request, holder: undefined, authorization };
    return { request, holder: await options.holderOf(authorization), authorization: undefined };
  }

  async function get(_body: Uint8Array, request: ServerRequest): Promise<ServerAnswer> {
    if (!acceptsEvents(request)) {
      return refusal(406, encodeError(null, BAD_SESSION, "Accept text/event-stream"));
    }
    const session = sessionOf(await callerOf(request));
    if (!(session instanceof HttpSession)) return session;
    const last = headerOf(request, "last-event-id");
    const event = typeof last === "string" ? readEventId(last) : undefined;
    const stream = event ? session.stream(event.stream) ?? session.general : session.general;
    const behind = event && stream.id === event.stream ? event.number : 0;
    return {
      status: 200,
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-cache",
        "mcp-session-id": session.id,
      },
      body: "",
      stream: (ended) => stream.read(behind, ended),
    };
  }

  async function remove(_body: Uint8Array, request: ServerRequest): Promise<ServerAnswer> {
    const session = sessionOf(await callerOf(request));
    if (!(session instanceof HttpSession)) return session;
    await connections.end(session);
    return { status: 200, headers: {}, body: "" };
  }

  const route = (method: Route["method"], answer: Route["answer"]): Route => ({
    method,
    async answer(body, request) {
      try {
        return await answer(body, request);
      } catch (error) {
        if (!(error instanceof GaitError)) throw error;
        notify(error.message);
        return refusal(502, encodeError(null, INTERNAL_ERROR, "The server can't be reached"));
      }
    },
  });
  return {
    routes: [route("POST", post), route("GET", get), route("DELETE", remove)],
    refuseTooLong: async (read, request) => await refused(read, await callerOf(request)),
    close: () => connections.close(),
  };
}

/** Who sent a request. */
interface Caller {
  readonly request: ServerRequest;
  /** Absent where the gateway asks for no token. */
  readonly holder: TokenHolder | undefined;
  /** The headers that repeat arguments, where they must. */
  readonly paramHeaders?: ReadonlyMap<string, string>;
  /** For a server that asks for it; never that of the gateway itself. */
  readonly authorization: string | undefined;
}

/** Whether a member of a batch, or a message, gets an answer. */
function isAnswered(member: Message | Fault): boolean {
  return member.kind === "request" || member.kind === "fault" && member.answerable;
}

function idOf(read: Message | Batch): MessageId | null {
  return read.kind === "request" || read.kind === "response" ? read.id : null;
}
