import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { RefusedAnswer, ServerAnswer, ServerRequest } from "./types.ts";

const PLAIN = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };

/** An error below the handling of requests. */
export interface ClientError extends Error {
  readonly code?: string;
  /** What came last. */
  readonly rawPacket?: Uint8Array;
}

/**
 * Answers below the handling of requests: malformed HTTP, time limits, expectations. A client may take a broken connection
 * for something else than a refusal, so whoever waits is answered, as its route demands.
 */
export class Refusals {
  /** Requests that are not answered yet, by their connections. */
  readonly #waiting = new WeakMap<Socket, Map<IncomingMessage, ServerResponse>>();
  /** Connections on which a request was refused that the parser may still read on in. */
  readonly #refusedOn = new WeakSet<Socket>();
  readonly #refused: RefusedAnswer;

  /** @param refused the answer of a route; nothing for one that has none of its own */
  constructor(refused: RefusedAnswer = () => undefined) {
    this.#refused = refused;
  }

  /** A request is being answered from here on. */
  track(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const known = this.#waiting.get(socket) ?? new Map<IncomingMessage, ServerResponse>();
    this.#waiting.set(socket, known.set(request, response));
    const answered = () => known.delete(request);
    response.on("finish", answered).on("close", answered);
  }

  /** The answer to an expectation that is not `100-continue`. */
  ofExpectation(request: IncomingMessage): ServerAnswer {
    this.#refusedOn.add(request.socket);
    return this.#answer(417, "Expectation Failed", targetOf(request));
  }

  /** The answer to a request whose body readers could find in several places. */
  ofFraming(request: IncomingMessage): ServerAnswer {
    this.#refusedOn.add(request.socket);
    return this.#answer(400, "Bad Request", targetOf(request));
  }

  /** Refuse what can't be read, or came too slowly. */
  malformed(socket: Socket, error: ClientError): void {
    const [status, text] = reasonOf(error);
    this.#end(socket, (target) => this.#answer(status, text, target ?? requestLineIn(error.rawPacket)));
  }

  /** End a connection that is silent while its request is being answered. */
  silent(socket: Socket): void {
    this.#end(
      socket,
      (target) => target && this.#refused(target, { status: 503, text: "Service Unavailable" }),
    );
  }

  #answer(status: number, text: string, target: Target | undefined): ServerAnswer {
    const answer = target && this.#refused(target, { status, text });
    return answer ?? { status, headers: PLAIN, body: `${status} ${text}\n` };
  }

  /**
   * Close a connection, with an answer to the request that its client waits for first: answers come in the order of the
   * requests.
   *
   * @param answerTo gives the answer, for a request that is not known yet too; nothing when there is none
   */
  #end(socket: Socket, answerTo: (target: Target | undefined) => ServerAnswer | undefined): void {
    if (this.#refusedOn.has(socket)) {
      socket.end(); // a second answer would be taken for that to another request
      return;
    }
    const [first] = this.#waiting.get(socket) ?? [];
    const hasBegun = first?.[1].headersSent === true;
    const answer = socket.writable && !hasBegun ? answerTo(first && targetOf(first[0])) : undefined;
    if (!answer) {
      socket.destroy();
      return;
    }
    const { status, headers, body } = answer;
    const head = Object.entries({ ...headers, connection: "close" })
      .map(([name, value]) => `${name}: ${value}\r\n`).join("");
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${head}\r\n${body}`);
  }
}

/** The status for malformed HTTP or a timeout. */
function reasonOf({ code }: ClientError): readonly [status: number, text: string] {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return [408, "Request Timeout"];
    case "HPE_HEADER_OVERFLOW":
      return [431, "Request Header Fields Too Large"];
    default:
      return [400, "Bad Request"];
  }
}

/** What a request is for. */
type Target = Pick<ServerRequest, "method" | "target">;

function targetOf({ method = "", url = "" }: IncomingMessage): Target {
  return { method, target: url };
}

/**
 * What a request is for whose headers could not be read, by the packet that it begins. A later packet may hold anything,
 * but the refusal of a request that nobody waits for is read by nobody.
 */
function requestLineIn(packet: Uint8Array | undefined): Target | undefined {
  const line = /^(?:\r\n)?([A-Za-z-]{1,32}) ([^ \r\n]+)/.exec(new TextDecoder("latin1").decode(packet));
  return line ? { method: line[1]!, target: line[2]! } : undefined;
}
