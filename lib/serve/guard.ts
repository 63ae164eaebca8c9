import type { ServerAnswer, ServerRequest } from "../effects/types.ts";
import { GaitError, messageOf } from "../errors/mod.ts";
import { hostOfHeader, isLoopback } from "./address.ts";
import type { CheckBearer } from "./bearer.ts";
import { readBody } from "./body.ts";
import { mediaTypeOf } from "./media_type.ts";
import { readRequestPath } from "./path.ts";
import { failed, plainText } from "./responses.ts";

/** One path of a server. */
export interface Route {
  readonly method: "GET" | "POST";
  /** Answers without a token. */
  readonly open?: true;
  /** Answers a request whose body, of a POST, was read whole. */
  answer(body: Uint8Array<ArrayBuffer>): Promise<ServerAnswer>;
}

/** What a server lets in. */
export interface GuardOptions {
  readonly routes: ReadonlyMap<string, Route>;
  /** Where it listens: this name is accepted beside those of loopback. */
  readonly listenHost: string;
  /** Absent when no token is wanted. */
  readonly checkBearer?: CheckBearer | undefined;
  readonly maxBodyBytes: number;
}

/**
 * The way into every server of this program (docs/spec/mcp.md 6.1): host, origin, path, method, token, media type, body.
 * The first that does not fit is the answer; nothing behind it is looked at.
 */
export function guarded(options: GuardOptions): (request: ServerRequest) => Promise<ServerAnswer> {
  return async (request) => {
    try {
      return await pass(request, options);
    } catch (error) {
      // INVARIANT: whatever goes wrong, the answer is none that allows anything.
      if (error instanceof GaitError) return { ...failed(400, error.message), close: true };
      return { ...failed(500, `Internal error: ${messageOf(error)}`), close: true };
    }
  };
}

async function pass(request: ServerRequest, options: GuardOptions): Promise<ServerAnswer> {
  const refused = refuseForeign(request, options.listenHost);
  if (refused) return refused;
  const asked = readRequestPath(request.target);
  if (asked.kind === "malformed") return plainText(400, "Bad Request");
  if (asked.kind === "moved") {
    const { location } = asked;
    return {
      ...plainText(307, "Temporary Redirect"),
      headers: { location },
      close: request.method !== "GET",
    };
  }
  const route = options.routes.get(asked.path);
  if (!route) return { ...plainText(404, "404 page not found"), close: request.method !== "GET" };
  const reject = (status: number, reason: string) => ({ ...failed(status, reason), close: true });
  if (request.method !== route.method) {
    const response = reject(405, `Use ${route.method}`);
    return { ...response, headers: { ...response.headers, allow: route.method } };
  }
  if (
    !route.open && options.checkBearer && !await options.checkBearer(headersOf(request, "authorization")[0])
  ) {
    const response = reject(401, "A bearer token is needed");
    return { ...response, headers: { ...response.headers, "www-authenticate": "Bearer" } };
  }
  if (route.method === "GET") return await route.answer(new Uint8Array());
  const type = (headersOf(request, "content-type")[0] ?? "").trim();
  if (type !== "" && mediaTypeOf(type) !== "application/json") return reject(415, "Send application/json");
  const body = await readBody(request.body, options.maxBodyBytes);
  if (!body) return reject(413, `The request is larger than ${options.maxBodyBytes} bytes`);
  return await route.answer(body);
}

/**
 * Refuse what a web page could make a browser send: a name that leads here by a trick of DNS, and requests of a foreign
 * page, which need no answer to do harm.
 */
function refuseForeign(request: ServerRequest, listenHost: string): ServerAnswer | undefined {
  const hosts = headersOf(request, "host");
  const [given = ""] = hosts;
  const host = hosts.length === 1 ? hostOfHeader(given) : undefined;
  if (host === undefined) return { ...plainText(400, "Bad Request: one Host is needed"), close: true };
  if (!isLoopback(host) && host.toLowerCase() !== listenHost.toLowerCase()) {
    return { ...failed(403, `Host "${given}" is not served here`), close: true };
  }
  const origins = headersOf(request, "origin");
  const sites = headersOf(request, "sec-fetch-site");
  const isForeign = origins.some((origin) => origin.toLowerCase() !== `http://${given.toLowerCase()}`) ||
    sites.some((site) => site !== "same-origin" && site !== "none");
  return isForeign ? { ...failed(403, "Requests of web pages are refused"), close: true } : undefined;
}

function headersOf({ headers }: ServerRequest, name: string): string[] {
  return headers.filter(([known]) => known === name).map(([, value]) => value);
}
