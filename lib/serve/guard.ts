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
  readonly method: "GET" | "POST" | "DELETE";
  /** Whether the route needs no token. */
  readonly open?: true;
  /** Answer a request. The body of a POST has been read completely; that of others is empty. */
  answer(body: Uint8Array<ArrayBuffer>, request: ServerRequest): Promise<ServerAnswer>;
}

/** Which requests a server accepts. */
export interface GuardOptions {
  /** By path; several where a path has several methods. */
  readonly routes: ReadonlyMap<string, Route | readonly Route[]>;
  /** The host it listens on, accepted in `Host` in addition to loopback names. */
  readonly listenHost: string;
  /** Absent when no token is required. */
  readonly checkBearer?: CheckBearer | undefined;
  readonly maxBodyBytes: number;
}

/**
 * Guard a server of this program (docs/spec/mcp.md 6.1): check host, origin, path, method, token, media type and
 * body, in this order. The first check that fails determines the answer; later ones are not made.
 */
export function guarded(options: GuardOptions): (request: ServerRequest) => Promise<ServerAnswer> {
  return async (request) => {
    try {
      return await pass(request, options);
    } catch (error) {
      // INVARIANT: no error ever leads to an answer that allows a call.
      if (error instanceof GaitError) return { ...failed(400, error.message), close: true };
      return { ...failed(500, `Internal error: ${messageOf(error)}`), close: true };
    }
  };
}

async function pass(request: ServerRequest, options: GuardOptions): Promise<ServerAnswer> {
  const refused = refuseCrossSite(request, options.listenHost) ?? refuseRepeated(request);
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
  const found = options.routes.get(asked.path);
  const routes: readonly Route[] = found === undefined ? [] : "method" in found ? [found] : found;
  if (routes.length === 0) {
    return { ...plainText(404, "404 page not found"), close: request.method !== "GET" };
  }
  const reject = (status: number, reason: string) => ({ ...failed(status, reason), close: true });
  const route = routes.find(({ method }) => method === request.method);
  if (!route) {
    const allowed = routes.map(({ method }) => method).join(", ");
    const response = reject(405, `Use ${allowed}`);
    return { ...response, headers: { ...response.headers, allow: allowed } };
  }
  if (
    !route.open && options.checkBearer && !await options.checkBearer(headersOf(request, "authorization")[0])
  ) {
    const response = reject(401, "A bearer token is required");
    return { ...response, headers: { ...response.headers, "www-authenticate": "Bearer" } };
  }
  if (route.method !== "POST") return await route.answer(new Uint8Array(), request);
  const type = (headersOf(request, "content-type")[0] ?? "").trim();
  if (type !== "" && type !== JSON_TYPE && mediaTypeOf(type) !== JSON_TYPE) {
    return reject(415, "Send application/json");
  }
  const body = await readBody(request.body, options.maxBodyBytes);
  if (!body) return reject(413, `The request is larger than ${options.maxBodyBytes} bytes`);
  return await route.answer(body, request);
}

const JSON_TYPE = "application/json";

/**
 * Refuse requests that a malicious web page could make a browser send: DNS rebinding, recognised by a foreign `Host`,
 * and cross-site requests, which do harm even though the page can't read the answer.
 */
function refuseCrossSite(request: ServerRequest, listenHost: string): ServerAnswer | undefined {
  const isServed = (host: string) => isLoopback(host) || host.toLowerCase() === listenHost.toLowerCase();
  return refuseForeignHost(request, isServed) ?? refuseForeignOrigin(request);
}

/**
 * Refuse a request that says twice who sends it or what it sends: a proxy in front may have checked the one and this
 * server would read the other.
 */
export function refuseRepeated(request: ServerRequest): ServerAnswer | undefined {
  const repeated = SINGLE.find((name) => headersOf(request, name).length > 1);
  return repeated === undefined
    ? undefined
    : { ...plainText(400, `Bad Request: more than one ${repeated} header`), close: true };
}

const SINGLE = ["authorization", "content-type", "content-length"];

/** Refuse a request without exactly one `Host`, or for a host that is not served here (DNS rebinding). */
export function refuseForeignHost(
  request: ServerRequest,
  isServed: (host: string) => boolean,
): ServerAnswer | undefined {
  const hosts = headersOf(request, "host");
  const [given = ""] = hosts;
  const host = hosts.length === 1 ? hostOfHeader(given) : undefined;
  if (host === undefined) {
    return { ...plainText(400, "Bad Request: exactly one Host is required"), close: true };
  }
  return isServed(host) ? undefined : { ...failed(403, `Host "${given}" is not served here`), close: true };
}

/** Refuse a request that a browser sends for a page of another origin. Its `Host` has been checked. */
export function refuseForeignOrigin(request: ServerRequest): ServerAnswer | undefined {
  const [host = ""] = headersOf(request, "host");
  const origins = headersOf(request, "origin");
  const sites = headersOf(request, "sec-fetch-site");
  const isForeign = origins.some((origin) => origin.toLowerCase() !== `http://${host.toLowerCase()}`) ||
    sites.some((site) => site !== "same-origin" && site !== "none");
  return isForeign ? { ...failed(403, "Cross-site requests are refused"), close: true } : undefined;
}

/** All values of a header, by its name in lower case. */
export function headersOf({ headers }: ServerRequest, name: string): string[] {
  const values: string[] = [];
  for (const header of headers) if (header[0] === name) values.push(header[1]);
  return values;
}
