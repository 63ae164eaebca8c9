import type { ExchangeAnswer, Http } from "../../../effects/types.ts";
import { GaitError, messageOf } from "../../../errors/mod.ts";
import { utf8 } from "../../../formats/bytes.ts";
import { INTERNAL_ERROR, type MessageId } from "../codec/message.ts";
import { encodeError } from "../codec/reply.ts";
import { encodeHeader } from "../protocol/param_headers.ts";
import { Held } from "../relay/held.ts";
import { STATELESS } from "../protocol/revisions.ts";
import type { After, Outlet, SentMessage } from "../relay/types.ts";
import { MAX_MESSAGE_BYTES, STOP_PATIENCE, TOO_LONG } from "./child.ts";
import { readEvents, type StreamEvent } from "./event_reader.ts";
import { readBounded, TOO_LONG_ANSWER, unusable } from "./http_parts.ts";
import { keptOf, type ServerEnd, type ServerLink, type ServerMessage, type TakeMessage } from "./link.ts";

/** How a server is reached over HTTP. */
export interface HttpUpstreamOptions {
  readonly url: string;
  readonly http: Pick<Http, "exchange">;
  /** What the gateway shows to prove who it is; else what the client showed is passed on. */
  readonly authorization: string | undefined;
  readonly after: After;
  readonly notify: (text: string) => void;
}

/**
 * How often the lost stream of a request is asked for again, and after how many milliseconds: whoever waits for a server
 * that is gone hears of it within a second (docs/spec/mcp.md 10.12).
 */
const RESUMES = 10;
const RESUME_AFTER = 500;

/** Milliseconds until the stream of what a server says by itself is asked for again. */
const LISTEN_AFTER = 1_000;

/** A session with a server over HTTP (docs/spec/mcp.md 10.11): one for each session of a client. */
export function httpLink(options: HttpUpstreamOptions): ServerLink {
  const stopping = new AbortController();
  const held = new Held(options.notify);
  let take: TakeMessage = () => Promise.resolve();
  /** Hand a message on. A stream may begin with an event that has an id and no data. */
  const deliver = async (message: ServerMessage, outlet?: Outlet) => {
    const isEmpty = message instanceof Uint8Array && message.length === 0;
    if (!isEmpty) await held.take(keptOf(message), take(message, outlet));
  };
  /** The message of an event. */
  const messageOfEvent = ({ data }: StreamEvent): ServerMessage => {
    if (typeof data === "string") return utf8(data);
    options.notify(TOO_LONG);
    return data;
  };
  let session: string | undefined;
  let version: string | undefined;
  let finish: (end: ServerEnd) => void = () => {};
  const ended = new Promise<ServerEnd>((resolve) => finish = resolve);
  let listening = false;
  /** Resolves when the server answered the beginning of the session. */
  let greeted: Promise<void> = Promise.resolve();
  /** Requests that are not answered yet. */
  const waiting = new Set<Promise<void>>();

  const headersFor = (outlet: Outlet | undefined, more: Readonly<Record<string, string>>) => {
    const authorization = options.authorization ?? outlet?.authorization;
    return {
      ...(session === undefined ? {} : { "mcp-session-id": session }),
      ...(authorization === undefined ? {} : { authorization }),
      ...more,
    };
  };

  async function open(
    method: "GET" | "POST" | "DELETE",
    headers: Readonly<Record<string, string>>,
    body?: Uint8Array,
  ): Promise<ExchangeAnswer> {
    const { url, http } = options;
    return await http.exchange({ url, method, headers, signal: stopping.signal, ...(body ? { body } : {}) });
  }

  async function post(message: Uint8Array, about: SentMessage): Promise<void> {
    const { outlet, stateless, method, named, headers = {} } = about;
    const answer = await open(
      "POST",
      headersFor(outlet, {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...(stateless
          ? {
            ...headers,
            "mcp-protocol-version": STATELESS.name,
            ...(method === undefined ? {} : { "mcp-method": method }),
            ...(named === undefined ? {} : { "mcp-name": encodeHeader(named) }),
          }
          : version === undefined
          ? {}
          : { "mcp-protocol-version": version }),
      }),
      message,
    );
    if (method === "initialize") session = answer.header("mcp-session-id");
    if (answer.status === 401 || answer.status === 403) {
      outlet.unauthorized?.({ status: answer.status, authenticate: answer.header("www-authenticate") });
    }
    if (answer.status === 404 && session !== undefined && !stateless) finish({ code: 0, signal: undefined });
    await passOn(answer, about);
    if (method === "notifications/initialized" && answer.status < 300) void listen();
  }

  /** Pass on what an answer holds: one object, a stream, or nothing. */
  async function passOn(answer: ExchangeAnswer, about: SentMessage): Promise<void> {
    const type = (answer.header("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
    if (answer.status === 202 || answer.status === 204) return await answer.drop();
    if (type === "application/json") {
      const body = await readBounded(answer.body);
      if (!isAnswer(body, about.id, about.method) && answer.status >= 300) throw unusable(answer.status);
      return await deliver(body, about.outlet);
    }
    if (type === "text/event-stream" && answer.status === 200) return await passEvents(answer, about);
    await answer.drop();
    throw unusable(answer.status);
  }

  /** Pass on the events of a stream until the request is answered; a stream that breaks off before is resumed. */
  async function passEvents(first: ExchangeAnswer, about: SentMessage): Promise<void> {
    let answer = first;
    for (let resumed = 0;; resumed++) {
      let last: string | undefined;
      try {
        for await (const event of readEvents(answer.body, MAX_MESSAGE_BYTES)) {
          last = event.id ?? last;
          const message = messageOfEvent(event);
          const done = isAnswer(message, about.id, about.method);
          await deliver(message, about.outlet);
          if (done) return await answer.drop();
        }
      } catch (error) {
        if (!(error instanceof GaitError) || stopping.signal.aborted) throw error;
      }
      if (about.id === undefined) return;
      if (last === undefined || about.stateless || resumed >= RESUMES) throw unusable(answer.status);
      await wait(RESUME_AFTER);
      answer = await open(
        "GET",
        headersFor(about.outlet, {
          accept: "text/event-stream",
          "last-event-id": last,
          ...(version === undefined ? {} : { "mcp-protocol-version": version }),
        }),
      );
      if (answer.status !== 200) {
        await answer.drop();
        throw unusable(answer.status);
      }
    }
  }

  /** Listen to what the server says by itself, where it has a stream for that. */
  async function listen(): Promise<void> {
    if (listening) return;
    listening = true;
    let last: string | undefined;
    while (!stopping.signal.aborted) {
      try {
        const answer = await open(
          "GET",
          headersFor(undefined, {
            accept: "text/event-stream",
            ...(version === undefined ? {} : { "mcp-protocol-version": version }),
            ...(last === undefined ? {} : { "last-event-id": last }),
          }),
        );
        if (answer.status !== 200) return await answer.drop(); // it has none
        for await (const event of readEvents(answer.body, MAX_MESSAGE_BYTES)) {
          last = event.id ?? last;
          await deliver(messageOfEvent(event));
        }
      } catch (error) {
        if (!(error instanceof GaitError)) throw error;
      }
      await wait(LISTEN_AFTER);
    }
  }

  /** Whether a message answers a request; the answer to `initialize` says the revision. */
  function isAnswer(given: ServerMessage, id: MessageId | undefined, method: string | undefined): boolean {
    if (id === undefined) return false;
    if (!(given instanceof Uint8Array)) {
      const refused = given.kind === "batch" ? given.members : [given];
      return refused.some((fault) => fault.id === id && !fault.isRequest);
    }
    try {
      const message = JSON.parse(new TextDecoder().decode(given));
      if (message?.id !== id || message.method !== undefined) return false;
      if (method === "initialize" && typeof message.result?.protocolVersion === "string") {
        version = message.result.protocolVersion;
      }
      return true;
    } catch {
      return false;
    }
  }

  function wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const callOff = options.after(milliseconds, resolve);
      stopping.signal.addEventListener("abort", () => (callOff(), resolve()), { once: true });
    });
  }

  return {
    upstream: {
      async send(message, about) {
        // A client may write on before the server gave the session its id, which all further requests must have.
        const isLater = about.method !== undefined && about.method !== "initialize" && !about.stateless;
        const posted = (isLater ? greeted.then(() => post(message, about)) : post(message, about)).catch(
          async (error) => {
            if (!(error instanceof GaitError)) throw error;
            options.notify(`the server could not be asked: ${messageOf(error)}`);
            if (about.id === undefined) return;
            const text = error.detail === TOO_LONG_ANSWER
              ? `Refused by gait: ${error.message}`
              : "The server can't be reached";
            await take(encodeError(about.id, INTERNAL_ERROR, text), about.outlet);
          },
        );
        // A request is answered when it is; what comes behind it does not wait.
        if (about.method === "initialize") greeted = posted.catch(() => {});
        if (about.id === undefined) return await posted;
        const settled = posted.catch((error) => options.notify(messageOf(error)))
          .finally(() => waiting.delete(settled));
        waiting.add(settled);
      },
    },
    async read(given) {
      take = given;
      await ended;
    },
    untilAnswered: () => Promise.race([Promise.all(waiting).then(() => {}), wait(STOP_PATIENCE)]),
    async stop() {
      if (session !== undefined && !stopping.signal.aborted) {
        await open("DELETE", headersFor(undefined, {})).then((answer) => answer.drop()).catch(() => {});
      }
      stopping.abort();
      finish({ code: 0, signal: undefined });
    },
    ended,
  };
}
