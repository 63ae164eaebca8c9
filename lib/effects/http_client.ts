import { GaitError } from "../errors/mod.ts";
import { concat } from "../formats/bytes.ts";
import type { ExchangeAnswer, ExchangeRequest, FetchAnswer, FetchRequest, Http } from "./types.ts";

/** HTTP requests, within the network permissions of this process. */
export function makeHttp(): Http {
  return {
    mayReach(url) {
      const { hostname, port, protocol } = new URL(url);
      const host = `${hostname}:${port || (protocol === "http:" ? 80 : 443)}`;
      return Deno.permissions.querySync({ name: "net", host }).state === "granted";
    },
    get,
    exchange,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  };
}

async function get(request: FetchRequest): Promise<FetchAnswer> {
  const { url, limit } = request;
  keepLoopbackOffProxies();
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const signal = AbortSignal.timeout(request.timeout);
  try {
    const answer = await fetch(url, {
      client,
      signal,
      redirect: "manual",
      headers: { accept: "application/json, */*;q=0.1", "user-agent": "gait" },
    }).catch((cause) => {
      throw sendingFailed(cause, signal);
    });
    const location = answer.headers.get("location") ?? undefined;
    if (answer.status !== 200) {
      await answer.body?.cancel().catch(() => {});
      return { status: answer.status, location, body: new Uint8Array() };
    }
    return { status: 200, location, body: await collect(answer.body, limit, signal) };
  } finally {
    client.close();
  }
}

async function exchange(request: ExchangeRequest): Promise<ExchangeAnswer> {
  const { url, method, headers, body, signal } = request;
  keepLoopbackOffProxies();
  const answer = await fetch(url, {
    method,
    headers,
    signal,
    redirect: "manual",
    ...(body ? { body: body as Uint8Array<ArrayBuffer> } : {}),
  }).catch((cause) => {
    throw sendingFailed(cause, signal);
  });
  const reader = answer.body?.getReader();
  async function* parts() {
    while (reader) {
      const { value, done } = await reader.read().catch((cause) => {
        throw new GaitError("network_transient", "the answer was cut short", { cause });
      });
      if (done) return;
      yield value;
    }
  }
  return {
    status: answer.status,
    header: (name) => answer.headers.get(name) ?? undefined,
    body: parts(),
    drop: async () => await reader?.cancel().catch(() => {}),
  };
}

/**
 * Read the body, counting decompressed bytes as they arrive: neither `Content-Length` nor compression can exceed the
 * limit.
 */
async function collect(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  while (reader) {
    const { value, done } = await reader.read().catch((cause) => {
      throw signal.aborted
        ? timedOut(cause)
        : new GaitError("network_transient", "the answer was cut short", { cause });
    });
    if (done) break;
    size += value.length;
    if (size > limit) {
      await reader.cancel().catch(() => {});
      throw new GaitError("network_permanent", `the answer is larger than ${limit} bytes`);
    }
    parts.push(value);
  }
  return concat(parts);
}

/** Refused and reset connections may work on a retry; other failures to get an answer are permanent. */
function sendingFailed(cause: unknown, signal: AbortSignal): GaitError {
  if (signal.aborted) return timedOut(cause);
  const texts: string[] = [];
  let at = cause;
  for (let depth = 0; at instanceof Error && depth < 8; depth++) {
    texts.push(at.message);
    at = at.cause;
  }
  const text = texts.join(" ");
  const passing = /connection (?:refused|reset)|os error (?:111|104|61|54|10061|10054)\)/i.test(text);
  // The error text of the runtime contains the URL, which may contain secrets.
  return passing
    ? new GaitError("network_transient", "the connection was refused or reset", { cause })
    : new GaitError("network_permanent", "no answer came", { cause });
}

function timedOut(cause: unknown): GaitError {
  return new GaitError("network_transient", "the answer took too long", { cause });
}

/**
 * Exempt loopback hosts from proxies. The runtime sends even loopback requests through the proxies in the
 * environment: a remote proxy would see the request and could forge the answer.
 */
function keepLoopbackOffProxies(): void {
  const named = Deno.env.get("NO_PROXY") ?? Deno.env.get("no_proxy") ?? "";
  const own = ["127.0.0.1", "localhost", "::1", "[::1]"].filter((host) => !named.split(",").includes(host));
  if (own.length > 0) Deno.env.set("NO_PROXY", [named, ...own].filter((item) => item !== "").join(","));
}
