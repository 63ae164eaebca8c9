import type { RefusedAnswer, ServerAnswer, ServerRequest } from "../../../effects/types.ts";
import { readRequestPath } from "../../../serve/path.ts";
import { reasonIn } from "../../../serve/responses.ts";
import { type Fault, fault, INTERNAL_ERROR, INVALID_REQUEST } from "../codec/fault.ts";
import { tooLong } from "../codec/message_lines.ts";
import { encodeError } from "../codec/reply.ts";
import { UnreadIds } from "../codec/unread_ids.ts";
import { type RefusedBatch, refuseUnread } from "../codec/unread_message.ts";
import { MAX_MESSAGE_BYTES } from "../upstream/child.ts";
import { refusal } from "./refusal.ts";

/*
 * Refusals of the layers below the endpoint, for a body that is too large or comes too slowly, as a client of the
 * protocol reads them: JSON-RPC errors.
 */

/** How the endpoint refuses a message that is too long, of which only the ids were read. */
export type RefuseTooLong = (refused: Fault | RefusedBatch, request: ServerRequest) => Promise<ServerAnswer>;

/** Make all refusals of a message JSON-RPC errors. */
export function refusingInRpc(
  endpoint: string,
  answer: (request: ServerRequest) => Promise<ServerAnswer>,
  refuseTooLong: RefuseTooLong,
): (request: ServerRequest) => Promise<ServerAnswer> {
  return async (request) => {
    if (!isMessage(request, endpoint)) return await answer(request);
    const body = new WatchedBody(request.body, MAX_MESSAGE_BYTES);
    const given = await answer({ ...request, body });
    if (given.status < 400 || isRpc(given)) return given;
    const { status, headers, close = false } = given;
    const refused = status === 413
      ? await refuseTooLong(await body.refused(), request)
      : refusalOf(status, reasonIn(given));
    return { ...refused, status, headers: { ...headers, ...refused.headers }, close };
  };
}

/** A body of which the ids can be read when it turned out to be too large. */
class WatchedBody implements AsyncIterable<Uint8Array> {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Uint8Array[] = [];
  #size = 0;
  readonly #unread = new UnreadIds();

  constructor(body: AsyncIterable<Uint8Array>, readonly limit: number) {
    this.#source = body[Symbol.asyncIterator]();
  }

  /** Ends without ending the source, so that the rest can be read. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#next() };
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    const next = await this.#source.next();
    if (next.done) {
      // Its reader has it whole: nothing is kept while the request is answered.
      this.#held = [];
      return next;
    }
    this.#size += next.value.length;
    this.#held.push(next.value);
    if (this.#size > this.limit) {
      for (const part of this.#held) this.#unread.push(part);
      this.#held = [];
    }
    return next;
  }

  /** Read the rest, which the time of a request bounds, and refuse the message. */
  async refused(): Promise<Fault | RefusedBatch> {
    try {
      while (!(await this.#next()).done);
      return refuseUnread(this.#unread, tooLong(this.limit));
    } catch {
      // The client has disconnected, or was too slow: nobody knows what it would have said.
      return fault(INVALID_REQUEST, tooLong(this.limit));
    }
  }
}

/** The same for what is refused below the handler of requests. */
export function refusedInRpc(endpoint: string): RefusedAnswer {
  return (request, { status, text }) => isMessage(request, endpoint) ? refusalOf(status, text) : undefined;
}

function refusalOf(status: number, reason: string): ServerAnswer {
  const code = status >= 500 ? INTERNAL_ERROR : INVALID_REQUEST;
  return refusal(status, encodeError(null, code, `Refused by gait: ${reason}`));
}

function isMessage({ method, target }: Pick<ServerRequest, "method" | "target">, endpoint: string): boolean {
  const asked = readRequestPath(target);
  return method === "POST" && asked.kind === "path" && asked.path === endpoint;
}

/** Whether the endpoint gave the answer. That of a server to a client without a token has no body at all. */
function isRpc({ body }: ServerAnswer): boolean {
  return body === "" || body.startsWith('{"jsonrpc"');
}
