import { GaitError } from "../../../errors/mod.ts";
import type { JsonObject } from "../../../formats/json/mod.ts";
import { type Catalog, type ListedKind, makeCatalog } from "../catalog/catalog.ts";
import type { MessageId, ResponseMessage } from "../codec/message.ts";
import { encodeRequest } from "../codec/reply.ts";
import type { TaintMemory } from "../../taint/memory.ts";
import type { Revision } from "../protocol/revisions.ts";
import { InFlight } from "./in_flight.ts";
import type { Outlet, Pending, RelayContext } from "./types.ts";

/** A request of the server that the client must answer. */
export interface ServerRequest {
  readonly method: string;
}

/** A request of the gateway itself. */
interface OwnRequest {
  resolve(result: JsonObject): void;
  reject(error: GaitError): void;
}

/** A question of the gateway to the person at the client. */
export interface Confirmation {
  readonly id: MessageId;
  readonly result: Promise<JsonObject | undefined>;
  /** Wait for no answer any more; gives whether none had come. */
  withdraw(): boolean;
}

/** What a relay knows while it runs. */
export class RelayState {
  /** Requests of the client, by the id that the server got. */
  readonly requests = new InFlight<Pending>();
  /** Requests of the server. */
  readonly serverRequests = new InFlight<ServerRequest>();
  readonly #own = new InFlight<OwnRequest>();
  readonly #catalogs = new Map<string, Catalog>();
  readonly #confirmations = new InFlight<(result: JsonObject | undefined) => void>();
  readonly #memories = new Map<string | undefined, TaintMemory>();
  /** Calls that wait for a person, each until it is forwarded or answered. */
  readonly personWaits = new Set<Promise<void>>();
  readonly #comparing = new Map<Pending, PromiseWithResolvers<void>>();
  /** Whether the client said that it can ask the person at it. */
  clientAsks = false;
  /** The revision of the session, once the server chose it. */
  negotiated: Revision | undefined;
  #serverEnded = false;
  #counter = 0;

  constructor(readonly context: RelayContext) {}

  /**
   * The memory of what came back to a caller: one for the session, and on a shared server one for each identity. Callers
   * without an identity share one, so that nothing is forgotten.
   */
  memoryOf(identity: string | undefined): TaintMemory | undefined {
    const scope = this.context.options.shared ? identity : undefined;
    const known = this.#memories.get(scope);
    if (known) return known;
    const made = this.context.hooks.newTaintMemory?.();
    if (made) this.#memories.set(scope, made);
    return made;
  }

  /** The answer to a request is compared with what the server says to the gateway. */
  beginComparing(pending: Pending): void {
    this.#comparing.set(pending, Promise.withResolvers());
  }

  /** It was, or no answer comes. */
  endComparing(pending: Pending): void {
    this.#comparing.get(pending)?.resolve();
    this.#comparing.delete(pending);
  }

  /** Resolves when nothing is compared any more, or after so many milliseconds. */
  async untilCompared(patience: number): Promise<void> {
    const { promise: tooLong, resolve } = Promise.withResolvers<void>();
    const callOff = this.context.after(patience, resolve);
    await Promise.race([Promise.all([...this.#comparing.values()].map(({ promise }) => promise)), tooLong]);
    callOff();
  }

  /** An id for a request of the gateway itself. */
  newId(): MessageId {
    return `${this.#ownIds}${++this.#counter}`;
  }

  /** How its ids begin. Another gateway in front of this one or behind it has others. */
  get #ownIds(): string {
    return `gait-${this.context.session}-`;
  }

  /**
   * Whether an id could be one of the gateway's own requests. Each side sees some of these ids and can guess the next one: a
   * server that asks the client under the id of a confirmation would get that answered instead (docs/threat_model.md 40).
   */
  isOwnId(id: MessageId): boolean {
    return typeof id === "string" && id.startsWith(this.#ownIds);
  }

  /** A number for a request of one of several clients. */
  nextNumber(): number {
    return ++this.#counter;
  }

  /**
   * Ask the server something for the gateway itself.
   *
   * @throws {GaitError} `network_transient` when it ended or gives no answer in time, `policy_blocked` when it gives an
   * error
   */
  async ask(method: string, params: JsonObject, authorization?: string): Promise<JsonObject> {
    if (this.#serverEnded) throw serverEnded();
    const id = this.newId();
    const answered = new Promise<JsonObject>((resolve, reject) => this.#own.add(id, { resolve, reject }));
    answered.catch(() => {});
    const callOff = this.context.after(ASK_PATIENCE, () => {
      this.#own.take(id)?.reject(new GaitError("network_transient", `the server did not answer ${method}`));
    });
    try {
      const stateless = params["_meta"] !== undefined;
      const about = { outlet: { ...NOWHERE, authorization }, method, id, stateless };
      await this.context.upstream.send(encodeRequest(id, method, params), about);
      return await answered;
    } finally {
      callOff();
      this.#own.take(id);
    }
  }

  /** Whether an answer was for the gateway itself. */
  takeOwn({ id, result, error }: ResponseMessage): boolean {
    const own = this.#own.take(id);
    if (!own) return false;
    if (result) own.resolve(result);
    else {own.reject(
        new GaitError("policy_blocked", `the server answered with error ${Number(error?.["code"])}`),
      );}
    return true;
  }

  /** A question of the gateway to the client; its answer is nothing when none comes. */
  newConfirmation(): Confirmation {
    const id = this.newId();
    const result = new Promise<JsonObject | undefined>((resolve) => this.#confirmations.add(id, resolve));
    return {
      id,
      result,
      withdraw: () => {
        const resolve = this.#confirmations.take(id);
        resolve?.(undefined);
        return resolve !== undefined;
      },
    };
  }

  /** How many messages wait for something to come, in both directions. */
  get waiting(): number {
    return this.requests.size + this.serverRequests.size + this.#own.size + this.#confirmations.size;
  }

  /** Whether an answer of the client, with a result or without, was for the gateway itself. */
  takeConfirmation({ id, result }: Pick<ResponseMessage, "id" | "result">): boolean {
    const resolve = this.#confirmations.take(id);
    resolve?.(result);
    return resolve !== undefined;
  }

  /** Whether the server ended: what is sent to it gets no answer, even where a pipe still takes it. */
  get hasServerEnded(): boolean {
    return this.#serverEnded;
  }

  /** The server ended: no question of the gateway is answered any more. */
  noteServerEnd(): void {
    this.#serverEnded = true;
    for (const resolve of this.#confirmations.drain()) resolve(undefined);
    for (const own of this.#own.drain()) own.reject(serverEnded());
  }

  /**
   * The tools or prompts that a caller sees. In the stateless revision they may depend on what a client says about itself.
   *
   * @param meta what the requests for them say about the client; absent in a session
   * @param authorization what the client shows to the server
   */
  catalog(kind: ListedKind, meta: JsonObject | undefined, authorization: string | undefined): Catalog {
    const key = JSON.stringify([kind, meta, authorization]);
    const known = this.#catalogs.get(key);
    if (known) return known;
    if (this.#catalogs.size >= MAX_CATALOGS) this.#catalogs.clear();
    const list = (method: string, params: JsonObject) =>
      this.ask(method, meta === undefined ? params : { ...params, _meta: meta }, authorization);
    const { hooks: { pins }, now } = this.context;
    const made = makeCatalog(list, { kind, pins, now, expires: meta !== undefined });
    this.#catalogs.set(key, made);
    return made;
  }

  /** A list of the server changed. */
  invalidateCatalogs(): void {
    for (const catalog of this.#catalogs.values()) catalog.invalidate();
  }
}

function serverEnded(): GaitError {
  return new GaitError("network_transient", "the server ended");
}

/** How long the gateway waits for an answer to a question of its own, in milliseconds. */
const ASK_PATIENCE = 30_000;

/** The most lists of tools that are kept. */
const MAX_CATALOGS = 16;

/** What comes with the answer to a question of the gateway is for nobody. */
const NOWHERE: Outlet = {
  send: () => Promise.resolve(),
  answer: () => Promise.resolve(),
  dropped: () => {},
};
