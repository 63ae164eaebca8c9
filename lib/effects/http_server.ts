import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Socket } from "node:net";
import { invalidInput, messageOf, unsafeOperation } from "../errors/mod.ts";
import { systemReason } from "./errors.ts";
import { onStopSignal } from "./stop_signal.ts";
import type { HttpServer, ListenOptions, RefusedAnswer, ServerAnswer, ServerRequest } from "./types.ts";

/** Milliseconds between checks for slow connections. */
const CHECK_INTERVAL = 500;

/**
 * Serve HTTP/1.1 with `node:http`, because it exposes raw headers, has timeouts for headers and for whole requests,
 * and refuses ambiguous framing (`Content-Length` together with chunks, malformed chunks) by itself.
 */
export async function listen(
  options: ListenOptions,
  answer: (request: ServerRequest) => Promise<ServerAnswer>,
): Promise<HttpServer> {
  const server = createServer({
    maxHeaderSize: options.maxHeaderBytes,
    // Checked by the guard (lib/serve/guard.ts) instead, so that Gait writes the answer.
    requireHostHeader: false,
    connectionsCheckingInterval: CHECK_INTERVAL,
  });
  server.headersTimeout = options.headerTimeout;
  server.requestTimeout = options.requestTimeout;
  server.keepAliveTimeout = options.idleTimeout;
  server.timeout = options.idleTimeout;
  server.maxConnections = options.maxConnections;
  let closing = false;
  const inFlight = new InFlight();
  const { refused = () => undefined } = options;
  const streams = new Set<AbortController>();
  const serve = async (request: IncomingMessage, response: ServerResponse, expects: boolean) => {
    // Reading the body reports a client that disconnected; these listeners only keep the events from being fatal.
    request.on("error", () => {});
    response.on("error", () => {});
    inFlight.add(request, response);
    const answered = await answer(requestOf(request, response, expects));
    const { status, headers, body, stream, close = false } = answered;
    if (stream !== undefined) {
      response.writeHead(status, headers);
      await sendParts(stream, response, streams);
      return;
    }
    response.writeHead(status, {
      ...headers,
      "content-length": String(new TextEncoder().encode(body).length),
      ...(close || closing ? { connection: "close" } : {}),
    });
    response.end(body);
  };
  server.on("request", (request, response) => void serve(request, response, false));
  server.on("checkContinue", (request, response) => void serve(request, response, true));
  server.on("checkExpectation", (request, response) => {
    const { status, headers, body } = refusalOf(417, "Expectation Failed", targetOf(request), refused);
    const length = String(new TextEncoder().encode(body).length);
    response.writeHead(status, { ...headers, "content-length": length, connection: "close" });
    response.end(body);
  });
  server.on("clientError", (error: ClientError, socket: Socket) => {
    const [status, text] = reasonOf(error);
    refuse(
      socket,
      inFlight,
      (target) => refusalOf(status, text, target ?? requestLineIn(error.rawPacket), refused),
    );
  });
  // A connection that is silent while its request is being answered.
  server.on("timeout", (socket: Socket) => {
    refuse(
      socket,
      inFlight,
      (target) => target && refused(target, { status: 503, text: "Service Unavailable" }),
    );
  });
  await bind(server, options);
  const { address, port } = server.address() as { address: string; port: number };
  const stopped = new Promise<void>((resolve) => onStopSignal(resolve));
  return {
    host: address,
    port,
    stopped,
    close(patience) {
      closing = true;
      for (const stream of streams) stream.abort();
      return closeServer(server, patience);
    },
  };
}

/** Send parts as they come, as fast as the client takes them, until they end, the client is gone or the server stops. */
async function sendParts(
  stream: (ended: AbortSignal) => AsyncIterable<string>,
  response: ServerResponse,
  streams: Set<AbortController>,
): Promise<void> {
  const ended = new AbortController();
  streams.add(ended);
  response.on("close", () => ended.abort());
  const drained = () =>
    new Promise<void>((resolve) => {
      response.once("drain", resolve);
      ended.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  try {
    for await (const part of stream(ended.signal)) {
      if (ended.signal.aborted) break;
      if (!response.write(part)) await drained();
    }
  } finally {
    streams.delete(ended);
    response.end();
  }
}

const PLAIN = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };

function requestOf(request: IncomingMessage, response: ServerResponse, expects: boolean): ServerRequest {
  const { rawHeaders } = request;
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers.push([rawHeaders[i]!.toLowerCase(), rawHeaders[i + 1]!]);
  }
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    headers,
    body: bodyOf(request, response, expects),
  };
}

/** How many bytes of a body wait for their reader before the client is made to wait. */
const MAX_WAITING = 1 << 18;

/**
 * The body as it comes. The events of the request are read directly: its own iterator costs more than everything else of
 * a small request.
 */
async function* bodyOf(
  request: IncomingMessage,
  response: ServerResponse,
  expects: boolean,
): AsyncGenerator<Uint8Array> {
  if (expects) response.writeContinue();
  let pieces: Uint8Array[] = [];
  let size = 0;
  // When the client has disconnected before, no event follows.
  let isWhole = request.readableEnded;
  let ended = isWhole || request.destroyed;
  let failure: unknown;
  let wake = () => {};
  const closed = () => {
    ended = true;
    wake();
  };
  const whole = () => {
    isWhole = true;
    closed();
  };
  const failed = (error: unknown) => {
    failure = error;
    closed();
  };
  const taken = (piece: Uint8Array) => {
    pieces.push(piece);
    size += piece.length;
    if (size > MAX_WAITING) request.pause();
    wake();
  };
  request.on("data", taken).on("end", whole).on("close", closed).on("error", failed);
  try {
    for (;;) {
      const ready = pieces;
      pieces = [];
      size = 0;
      if (ready.length === 0 && ended) break;
      yield* ready;
      if (request.isPaused()) request.resume();
      if (pieces.length === 0 && !ended) await new Promise<void>((resolve) => wake = resolve);
    }
  } finally {
    request.off("data", taken).off("end", whole).off("close", closed).off("error", failed);
  }
  if (failure !== undefined) {
    throw invalidInput(`Cannot read the body: ${messageOf(failure)}`, { cause: failure });
  }
  // INVARIANT: a body that was cut short is never taken for a whole one.
  if (!isWhole || !request.complete) throw invalidInput("Cannot read the body: the client disconnected");
}

/** Requests that are not answered yet, by their connections. */
class InFlight {
  readonly #requests = new WeakMap<Socket, Map<IncomingMessage, ServerResponse>>();

  add(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const known = this.#requests.get(socket) ?? new Map<IncomingMessage, ServerResponse>();
    this.#requests.set(socket, known.set(request, response));
    const answered = () => known.delete(request);
    response.on("finish", answered).on("close", answered);
  }

  /** The one that the client waits for first, because answers come in the order of the requests. */
  first(socket: Socket): { readonly request: IncomingMessage; readonly hasBegun: boolean } | undefined {
    const [found] = this.#requests.get(socket) ?? [];
    return found && { request: found[0], hasBegun: found[1].headersSent };
  }
}

/** An error below the handling of requests. */
interface ClientError extends Error {
  readonly code?: string;
  /** What came last. */
  readonly rawPacket?: Uint8Array;
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

function refusalOf(
  status: number,
  text: string,
  target: Target | undefined,
  refused: RefusedAnswer,
): ServerAnswer {
  const answer = target && refused(target, { status, text });
  return answer ?? { status, headers: PLAIN, body: `${status} ${text}\n` };
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

/**
 * Close a connection, with an answer to the request that its client waits for: a client may take a broken connection for
 * something else than a refusal.
 *
 * @param answerTo gives the answer, for a request that is not known yet too; nothing when there is none
 */
function refuse(
  socket: Socket,
  inFlight: InFlight,
  answerTo: (target: Target | undefined) => ServerAnswer | undefined,
): void {
  const first = inFlight.first(socket);
  const answer = socket.writable && !first?.hasBegun ? answerTo(first && targetOf(first.request)) : undefined;
  if (!answer) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = answer;
  const head = Object.entries({ ...headers, connection: "close" })
    .map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${head}\r\n${body}`);
}

/** Why an address can't be listened on, where it is about addresses. */
const LISTEN_REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EADDRNOTAVAIL: "it is no address of this machine",
};

async function bind(server: Server, { host, port }: ListenOptions): Promise<void> {
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  // The runtime refuses an address without permission where no caller can catch it: the program would crash.
  if (Deno.permissions.querySync({ name: "net", host: address }).state !== "granted") {
    throw unsafeOperation(`Cannot listen on ${address}: this build has no permission for it`, {
      detail: "network_permission_missing",
      hint: "Listen on 127.0.0.1, [::1] or localhost",
    });
  }
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => {
        server.off("error", reject);
        resolve();
      });
    });
  } catch (cause) {
    const reason = LISTEN_REASONS[String((cause as { code?: unknown }).code)] ?? systemReason(cause);
    throw invalidInput(`Cannot listen on ${address}: ${reason}`, {
      hint: "Choose a free address of this machine; --listen 127.0.0.1:0 takes any free port",
      cause,
    });
  }
}

async function closeServer(server: Server, patience: number): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, patience));
  await Promise.race([ended, late]);
  clearTimeout(timer);
  server.closeAllConnections();
}
