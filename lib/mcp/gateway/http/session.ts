import type { Connection } from "../relay/connection.ts";
import type { After, Outlet } from "../relay/types.ts";
import { EventStream } from "./event_stream.ts";

/** The most streams of a session that are kept for clients that lost them. */
const MAX_STREAMS = 32;

/** A client that began with `initialize`, and its server. */
export class HttpSession {
  readonly #streams = new Map<string, EventStream>();
  #streamCount = 0;
  /** What belongs to no request. */
  readonly general: EventStream;
  connection: Connection | undefined;
  lastUsed: number;

  constructor(
    readonly id: string,
    /** Who began it; absent where the gateway asks for no token. */
    readonly owner: string | undefined,
    readonly context: { readonly after: After; readonly now: () => number },
  ) {
    this.general = new EventStream("g", context.after);
    this.lastUsed = context.now();
  }

  /** A stream for the answers to one POST. */
  newStream(): EventStream {
    const stream = new EventStream((++this.#streamCount).toString(36), this.context.after, true);
    for (const known of this.#streams.values()) {
      const done = known.isDone && (known.isEmpty || this.#streams.size >= MAX_STREAMS);
      if (done) this.#streams.delete(known.id);
    }
    this.#streams.set(stream.id, stream);
    return stream;
  }

  /** A stream by its id. */
  stream(id: string): EventStream | undefined {
    return id === this.general.id ? this.general : this.#streams.get(id);
  }

  /** Whether a client reads one of its streams, or waits for an answer. */
  get isUsed(): boolean {
    const waits = (this.connection?.state.requests.size ?? 0) > 0;
    return waits || this.general.isRead || [...this.#streams.values()].some(({ isRead }) => isRead);
  }

  /** Where messages of the server go that name no request: where somebody listens, if anywhere. */
  outlet(): Outlet {
    if (!this.general.isRead) {
      const waiting = this.connection?.state.requests.values().findLast(({ forwarded }) => forwarded);
      if (waiting) return waiting.outlet;
    }
    const send = (message: Uint8Array) => this.general.send(message);
    return { send, answer: send, dropped: () => {} };
  }

  async close(): Promise<void> {
    try {
      await this.connection?.close();
    } finally {
      for (const stream of this.#streams.values()) stream.end();
      this.general.end();
    }
  }
}
