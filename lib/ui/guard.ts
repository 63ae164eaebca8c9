import type { ServerAnswer, ServerRequest } from "../effects/types.ts";
import { GaitError, messageOf } from "../errors/mod.ts";
import { isLoopback } from "../serve/address.ts";
import type { CheckBearer } from "../serve/bearer.ts";
import { readBody } from "../serve/body.ts";
import { headersOf, refuseForeignHost, refuseForeignOrigin, refuseRepeated } from "../serve/guard.ts";
import { mediaTypeOf } from "../serve/media_type.ts";
import { failed } from "../serve/responses.ts";
import { MAX_REQUEST_BYTES } from "./limits.ts";

/** One route of the page's API. */
export interface UiRoute {
  readonly method: "GET" | "POST";
  /**
   * Whether a client that is no browser needs no token on loopback: one of the three routes of the existing program
   * (docs/spec/doctor.md 4.1).
   */
  readonly open?: true;
  /** Whether the route checks the `Authorization` itself: the one that exchanges a code for the token. */
  readonly checksItself?: true;
  /** Answer a request whose body, up to 1 MiB, was read completely. */
  answer(
    body: Uint8Array<ArrayBuffer>,
    authorization: string | undefined,
  ): Promise<ServerAnswer> | ServerAnswer;
}

/** What the guard lets through. */
export interface UiGuardOptions {
  /** By path. */
  readonly routes: ReadonlyMap<string, UiRoute>;
  /** The page, for every path outside of the API. */
  readonly page: ServerAnswer;
  /** The host it listens on. */
  readonly listenHost: string;
  readonly checkToken: CheckBearer;
  /** Called for every request that was let through. */
  readonly onRequest?: () => void;
}

const API = "/api/";

/**
 * Guard the server of the page: host, origin, path, method, token, media type and body, in this order
 * (docs/spec/doctor.md 4.1). The first check that fails determines the answer.
 *
 * A page in the same browser can send requests here, and a local process can open connections. Only the token, which the
 * page got in the fragment of its address, tells the user from them.
 */
export function guardedUi(options: UiGuardOptions): (request: ServerRequest) => Promise<ServerAnswer> {
  return async (request) => {
    try {
      return await pass(request, options);
    } catch (error) {
      if (error instanceof GaitError) return { ...refusal(400, error), close: true };
      return { ...failed(500, `Internal error: ${messageOf(error)}`), close: true };
    }
  };
}

/** The answer to a request that the domain refused. */
export function refusal(status: number, error: GaitError): ServerAnswer {
  const answer = failed(status, error.message);
  const body = { error: error.message, error_code: error.code, ok: false };
  return {
    ...answer,
    body: `${
      JSON.stringify({
        ...body,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        ...(error.detail === undefined ? {} : { error_detail: error.detail }),
      })
    }\n`,
  };
}

async function pass(request: ServerRequest, options: UiGuardOptions): Promise<ServerAnswer> {
  const { routes, page, listenHost, checkToken, onRequest } = options;
  const foreign = refuseForeignHost(request, (host) => isServed(host, listenHost)) ?? refuseRepeated(request);
  if (foreign) return foreign;
  const path = pathOf(request.target);
  if (path === undefined) return { ...failed(400, "Malformed path"), close: true };
  const reject = (status: number, reason: string) => ({ ...failed(status, reason), close: true });
  const crossSite = path.startsWith(API) ? refuseForeignOrigin(request) : undefined;
  if (crossSite) return crossSite;
  const route = routes.get(path);
  if (!route) {
    if (request.method === "GET" || request.method === "HEAD") return page;
    return withHeader(reject(405, "Use GET"), "allow", "GET, HEAD");
  }
  if (request.method !== route.method) {
    return withHeader(reject(405, `Use ${route.method}`), "allow", route.method);
  }
  const needsToken = !route.open || !isLoopback(listenHost) || isFromBrowser(request);
  const [authorization] = headersOf(request, "authorization");
  if (needsToken && !route.checksItself && !await checkToken(authorization)) {
    return withHeader(reject(401, "A token is required"), "www-authenticate", "Bearer");
  }
  onRequest?.();
  if (route.method === "GET") return await route.answer(new Uint8Array(), authorization);
  if (mediaTypeOf(headersOf(request, "content-type")[0] ?? "") !== "application/json") {
    return reject(415, "Send application/json");
  }
  const body = await readBody(request.body, MAX_REQUEST_BYTES);
  if (!body) return reject(400, `The request is larger than ${MAX_REQUEST_BYTES} bytes`);
  return await route.answer(body, authorization);
}

/** A browser sends at least one of them with every request that a page can cause. */
function isFromBrowser(request: ServerRequest): boolean {
  return headersOf(request, "origin").length + headersOf(request, "sec-fetch-site").length > 0;
}

/**
 * Whether a `Host` is of this server. A name other than its own could be an attacker's, who lets it lead here (DNS
 * rebinding). An address can't be, so a server that other machines reach also takes addresses.
 */
function isServed(host: string, listenHost: string): boolean {
  if (isLoopback(host) || host.toLowerCase() === listenHost.toLowerCase()) return true;
  return !isLoopback(listenHost) && (/^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/.test(host) || host.includes(":"));
}

/** The decoded path, compared exactly; `undefined` when it is malformed. */
function pathOf(target: string): string | undefined {
  if (!target.startsWith("/")) return undefined;
  const question = target.indexOf("?");
  try {
    return decodeURIComponent(question < 0 ? target : target.slice(0, question));
  } catch {
    return undefined;
  }
}

function withHeader(answer: ServerAnswer, name: string, value: string): ServerAnswer {
  return { ...answer, headers: { ...answer.headers, [name]: value } };
}
