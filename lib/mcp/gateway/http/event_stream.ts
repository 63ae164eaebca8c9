/** An event of a stream, as it is sent. */
interface SentEvent {
  readonly number: number;
  readonly text: string;
}

/** The most that is kept of one stream for a client that lost it, in characters. */
const MAX_KEPT = 1 << 20;

/** More than this does not wait for a slow reader: who sends waits instead. */
const MAX_UNREAD = 4 << 20;

/**
 * The most that is kept, in characters, for a reader that is about to come: more than the largest message. One whose
 * connection broke before never comes.
 */
const MAX_AWAITED = 16 << 20;

/** Milliseconds after which a silent stream says that it is alive. */
const KEEP_ALIVE = 15_000;

/** A comment: clients ignore it, and connections stay open. */
const COMMENT = ":\n\n";

/** Runs an action later; the result calls it off. */
type After = (milliseconds: number, action: () => void) => () => void;

/**
 * A stream of server-sent events. It outlives the connection that reads it: a client that lost the connection names the
 * last event that it got, and reads on from there.
 */
export class EventStream {
  readonly #kept: SentEvent[] = [];
  #keptSize = 0;
  #count = 0;
  #done = false;
  #reader = 0;
  #reading = false;
  /** The last event that its reader got. */
  #read = 0;
  #unread = 0;
  readonly #waiting = new Set<() => void>();
  readonly #senders = new Set<() => void>();

  /** @param awaited a reader is about to come, so nothing is dropped before it did */
  constructor(readonly id: string, readonly after: After, private awaited = false) {}

  get isDone(): boolean {
    return this.#done;
  }

  /** Whether a connection reads it. */
  get isRead(): boolean {
    return this.#reading;
  }

  /** Whether nothing was ever sent. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Send one message; resolves when the reader is not too far behind. What nobody reads is kept within bounds. */
  async send(message: Uint8Array): Promise<void> {
    const number = ++this.#count;
    // Line ends inside of a message are white space between values.
    const data = new TextDecoder().decode(message).replaceAll(/[\r\n]/g, " ");
    const text = `id: ${this.id}_${number}\nevent: message\ndata: ${data}\n\n`;
    this.#kept.push({ number, text });
    this.#keptSize += text.length;
    this.#unread += text.length;
    const isSafe = ({ number }: SentEvent) =>
      !this.#reading && (!this.awaited || this.#keptSize > MAX_AWAITED) || number <= this.#read;
    while (this.#keptSize > MAX_KEPT && this.#kept.length > 1 && isSafe(this.#kept[0]!)) {
      this.#keptSize -= this.#kept.shift()!.text.length;
    }
    this.#wake();
    while (this.#reading && this.#unread > MAX_UNREAD) {
      await new Promise<void>((resolve) => this.#senders.add(resolve));
    }
  }

  /** Nothing more comes. */
  end(): void {
    this.#done = true;
    this.#wake();
  }

  /** Read what comes behind an event, until the stream ends or somebody else reads it. */
  async *read(behind: number, ended: AbortSignal): AsyncGenerator<string> {
    const reader = ++this.#reader;
    this.#reading = true;
    this.awaited = false;
    this.#follow(behind);
    this.#wake(); // ends an earlier reader
    let last = behind;
    try {
      yield COMMENT; // so that the headers are sent at once
      while (!ended.aborted && reader === this.#reader) {
        const next = this.#behind(last);
        if (next) {
          last = next.number;
          yield next.text;
          if (reader === this.#reader) this.#follow(last);
        } else if (this.#done) return;
        else if (await this.#change(ended) === "silent") yield COMMENT;
      }
    } finally {
      if (reader === this.#reader) {
        this.#reading = false;
        this.#release();
      }
    }
  }

  /** The reader got everything up to an event. */
  #follow(number: number): void {
    this.#read = number;
    this.#unread = 0;
    for (let at = this.#kept.length - 1; at >= 0 && this.#kept[at]!.number > number; at--) {
      this.#unread += this.#kept[at]!.text.length;
    }
    this.#release();
  }

  #release(): void {
    const senders = [...this.#senders];
    this.#senders.clear();
    for (const resume of senders) resume();
  }

  /** The first event behind one. */
  #behind(number: number): SentEvent | undefined {
    const first = this.#kept[0]?.number ?? 0;
    return this.#kept[Math.max(0, number + 1 - first)];
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const changed of waiting) changed();
  }

  #change(ended: AbortSignal): Promise<"changed" | "silent"> {
    return new Promise((resolve) => {
      const finish = (how: "changed" | "silent") => {
        callOff();
        this.#waiting.delete(changed);
        ended.removeEventListener("abort", changed);
        resolve(how);
      };
      const changed = () => finish("changed");
      const callOff = this.after(KEEP_ALIVE, () => finish("silent"));
      ended.addEventListener("abort", changed);
      this.#waiting.add(changed);
      if (ended.aborted) changed();
    });
  }
}

/** Read the id of an event: its stream, and its number there. */
export function readEventId(id: string): { readonly stream: string; readonly number: number } | undefined {
  const match = /^([0-9a-z]{1,64})_([0-9]{1,15})$/.exec(id);
  return match ? { stream: match[1]!, number: Number(match[2]) } : undefined;
}
