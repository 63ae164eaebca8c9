import type { ServerAnswer } from "../../../effects/types.ts";
import { INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR } from "../codec/message.ts";
import { UNSUPPORTED_VERSION } from "../protocol/era.ts";
import type { After, Outlet, Unauthorized } from "../relay/types.ts";
import type { EventStream } from "./event_stream.ts";
import { HEADER_MISMATCH } from "../protocol/param_headers.ts";

/** How long an answer may take before it becomes a stream, in milliseconds. */
const STREAM_AFTER = 3_000;

/** The statuses of refusals of the gateway itself; errors of the server are answers like any other. */
const STATUS_OF: Readonly<Record<number, number>> = {
  [PARSE_ERROR]: 400,
  [INVALID_REQUEST]: 400,
  [HEADER_MISMATCH]: 400,
  [UNSUPPORTED_VERSION]: 400,
  [METHOD_NOT_FOUND]: 404,
};

/** What a POST is answered with. */
export interface Exchange {
  readonly outlet: Outlet;
  /** Resolves when it is known what kind of answer it is. */
  readonly answered: Promise<ServerAnswer>;
}

/** How an exchange is answered. */
export interface ExchangeOptions {
  /** Takes what does not fit into one answer. */
  readonly stream: EventStream;
  /** Whether the client takes a stream of events. */
  readonly events: boolean;
  /** Whether a refusal has a status of its own, as the stateless revision wants it. */
  readonly statuses: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  readonly after: After;
  /** The client went away before it got its answer. */
  readonly onGone?: (() => void) | undefined;
  /** Takes what a client that takes no events gets elsewhere. */
  readonly elsewhere: (message: Uint8Array) => Promise<void>;
}

/**
 * The answer to a POST: one object if the answer to its request comes first and soon, else a stream with everything that
 * belongs to the request.
 */
export function exchange(requests: number, options: ExchangeOptions): Exchange {
  const { stream, events, after } = options;
  let answered: (answer: ServerAnswer) => void = () => {};
  const promise = new Promise<ServerAnswer>((resolve) => answered = resolve);
  let open = requests;
  let streaming = false;
  const begin = () => {
    if (streaming) return;
    streaming = true;
    callOff();
    answered({
      status: 200,
      headers: {
        ...options.headers,
        "content-type": "text/event-stream",
        "cache-control": "no-cache",
        ...NO_SNIFF,
      },
      body: "",
      stream: async function* (ended) {
        try {
          yield* stream.read(0, ended);
        } finally {
          if (!stream.isDone) options.onGone?.();
        }
      },
    });
  };
  const callOff = events ? after(STREAM_AFTER, begin) : () => {};
  const close = () => {
    open--;
    if (open <= 0) stream.end();
  };
  const plain = (status: number, body: string, headers: Readonly<Record<string, string>> = {}) => {
    callOff();
    stream.end();
    answered({
      status,
      headers: {
        ...options.headers,
        ...headers,
        ...NO_SNIFF,
        ...(body === "" ? {} : { "content-type": "application/json" }),
      },
      body,
    });
  };
  return {
    answered: promise,
    outlet: {
      authorization: options.authorization,
      async send(bytes) {
        if (!events) return await options.elsewhere(bytes);
        begin();
        await stream.send(bytes);
      },
      async answer(bytes, refusal) {
        if (!streaming && requests <= 1) {
          const inBand = refusal === undefined || refusal === METHOD_NOT_FOUND && !options.statuses;
          return plain(inBand ? 200 : STATUS_OF[refusal] ?? 200, new TextDecoder().decode(bytes));
        }
        begin();
        const sent = stream.send(bytes);
        close();
        await sent;
      },
      dropped() {
        if (!streaming && requests <= 1) plain(202, "");
        else close();
      },
      unauthorized({ status, authenticate }: Unauthorized) {
        plain(status, "", authenticate === undefined ? {} : { "www-authenticate": authenticate });
      },
    },
  };
}

const NO_SNIFF = { "x-content-type-options": "nosniff" };
