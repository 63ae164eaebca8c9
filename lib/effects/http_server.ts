import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { invalidInput, unsafeOperation } from "../errors/mod.ts";
import { systemReason } from "./errors.ts";
import { bodyOf } from "./http_body.ts";
import { type ClientError, Refusals } from "./http_refusals.ts";
import { onStopSignal } from "./stop_signal.ts";
import type { HttpServer, ListenOptions, ServerAnswer, ServerRequest } from "./types.ts";

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
  // One limit for silence, between requests too: a second one would set two timers anew for each request.
  server.keepAliveTimeout = 0;
  server.timeout = options.idleTimeout;
  server.maxConnections = options.maxConnections;
  // Their bytes are limited. A limit of their number drops those beyond it unseen: a second `Host`, a foreign `Origin`.
  server.maxHeadersCount = 0;
  let closing = false;
  const refusals = new Refusals(options.refused);
  const streams = new Set<AbortController>();
  const serve = async (request: IncomingMessage, response: ServerResponse, expects: boolean) => {
    // Reading the body reports a client that disconnected; these listeners only keep the events from being fatal.
    request.on("error", () => {});
    response.on("error", () => {});
    if (!hasPlainFraming(request)) return refuse(response, refusals.ofFraming(request));
    refusals.track(request, response);
    const answered = await answer(requestOf(request, response, expects));
    const { status, headers, body, stream, close = false } = answered;
    if (stream !== undefined) {
      response.writeHead(status, headers);
      await sendParts(stream, response, streams);
      return;
    }
    response.writeHead(status, {
      ...headers,
      "content-length": String(Buffer.byteLength(body)),
      ...(close || closing ? { connection: "close" } : {}),
    });
    response.end(body);
  };
  server.on("request", (request, response) => void serve(request, response, false));
  server.on("checkContinue", (request, response) => void serve(request, response, true));
  server.on("checkExpectation", (request, response) => refuse(response, refusals.ofExpectation(request)));
  server.on("clientError", (error: ClientError, socket: Socket) => refusals.malformed(socket, error));
  // A connection that is silent while its request is being answered.
  server.on("timeout", (socket: Socket) => refusals.silent(socket));
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

/** Answer a request without reading on. */
function refuse(response: ServerResponse, { status, headers, body }: ServerAnswer): void {
  const length = String(Buffer.byteLength(body));
  response.writeHead(status, { ...headers, "content-length": length, connection: "close" });
  response.end(body);
}

/**
 * Whether every reader finds the same body. The parser undoes chunks alone, so that a body which is coded besides would be
 * taken as it came; and what HTTP/1.0 says of chunks a proxy in front may not have understood (RFC 9112, 6.1).
 */
function hasPlainFraming({ httpVersion, headers }: IncomingMessage): boolean {
  const coding = headers["transfer-encoding"];
  return coding === undefined || (httpVersion === "1.1" && coding.trim().toLowerCase() === "chunked");
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
      hint:
        "Use or stop what listens there, or choose a free address: --listen 127.0.0.1:0 takes any free port",
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
