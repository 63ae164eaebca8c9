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

/** What a relay knows while it runs. */
export class RelayState {
  /** Requests of the client, by the id that the server got. */
  readonly requests = new InFlight<Pending>();
  /** Requests of the server. */
  readonly serverRequests = new InFlight<ServerRequest>();
  readonly #own = new InFlight<OwnRequest>();
  readonly #catalogs = new Map<string, Catalog>();
  readonly #confirmations = new InFlight<(result: JsonObject | undefined) => void>();
  readonly memory: TaintMemory | undefined;
  /** Whether the client said that it can ask the person at it. */
  clientAsks = false;
  /** The revision of the session, once the server chose it. */
  negotiated: Revision | undefined;
  #counter = 0;

  constructor(readonly context: RelayContext) {
    this.memory = context.hooks.newTaintMemory?.();
  }

  /** An id that no client can know beforehand. */
  newId(): MessageId {
    return `gait-${this.context.session}-${++this.#counter}`;
  }

  /** A number for a request of one of several clients. */
  nextNumber(): number {
    return ++this.#counter;
  }

  /**
   * Ask the server something for the gateway itself.
   *
   * @throws {GaitError} `network_transient` when it gives no answer in time, `policy_blocked` when it gives an error
   */
  async ask(method: string, params: JsonObject, authorization?: string): Promise<JsonObject> {
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
  newConfirmation(): { readonly id: MessageId; readonly result: Promise<JsonObject | undefined> } {
    const id = this.newId();
    return { id, result: new Promise((resolve) => this.#confirmations.add(id, resolve)) };
  }

  /** Whether an answer of the client was for the gateway itself. */
  takeConfirmation({ id, result }: ResponseMessage): boolean {
    const resolve = this.#confirmations.take(id);
    resolve?.(result);
    return resolve !== undefined;
  }

  /** No answer comes any more. */
  abandonOwn(): void {
    for (const resolve of this.#confirmations.drain()) resolve(undefined);
    for (const own of this.#own.drain()) own.reject(new GaitError("network_transient", "the server ended"));
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
