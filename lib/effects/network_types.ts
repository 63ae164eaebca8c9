/** A GET request; redirects are not followed. */
export interface FetchRequest {
  readonly url: string;
  /** Milliseconds for the whole answer. */
  readonly timeout: number;
  /** The most bytes of a body, counted after it was unfolded. */
  readonly limit: number;
}

/** An answer; the body is empty unless the status is 200. */
export interface FetchAnswer {
  readonly status: number;
  /** Where a redirect leads, as it was written. */
  readonly location: string | undefined;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A request whose answer is read as it comes; redirects are not followed. */
export interface ExchangeRequest {
  readonly url: string;
  readonly method: "GET" | "POST" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** An answer whose body is read as it comes. */
export interface ExchangeAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** Throws `network_transient` when it is cut short. Not reading it to its end needs {@linkcode ExchangeAnswer.drop}. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Read no more of the body. */
  drop(): Promise<void>;
}

/** The network. */
export interface Http {
  /** Whether this program has the permission to connect to the host of an address. */
  mayReach(url: string): boolean;
  /**
   * Ask for a document. Loopback is never asked through a proxy.
   *
   * Throws `network_transient` when trying again may help, `network_permanent` otherwise; neither names the address.
   */
  get(request: FetchRequest): Promise<FetchAnswer>;
  /** The same for a conversation; resolves when the headers of the answer are there. */
  exchange(request: ExchangeRequest): Promise<ExchangeAnswer>;
  /** Let time pass. */
  wait(milliseconds: number): Promise<void>;
}

/** A request as it arrived; its body is not read yet. */
export interface ServerRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  /** In the order in which they came, repeated ones too; names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /**
   * The body as it comes; can be read once. Throws `invalid_input` when the client breaks off, sends what is no HTTP, or
   * is too slow.
   */
  readonly body: AsyncIterable<Uint8Array>;
}

/** An answer to a request. */
export interface ServerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /**
   * Parts of a body that comes over time, sent in place of `body`. The signal says that the client is gone or the server
   * stops; the parts end then.
   */
  readonly stream?: (ended: AbortSignal) => AsyncIterable<string>;
  /** Whether the connection is closed behind it. */
  readonly close?: boolean;
}

/** Where requests are taken, and what they may cost. Times in milliseconds. */
export interface ListenOptions {
  /** A name or an address, without brackets. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Longest time in which the headers of a request must be whole. */
  readonly headerTimeout: number;
  /** Longest time in which a request must be whole, its body included. */
  readonly requestTimeout: number;
  /** How long a connection may be silent. */
  readonly idleTimeout: number;
  readonly maxConnections: number;
  readonly maxHeaderBytes: number;
  /**
   * How a request is answered that is refused below the handler: for its framing, its time limit or an expectation.
   * Otherwise, and where its target is not known yet, the answer is the status with a plain text.
   */
  readonly refused?: RefusedAnswer;
}

/** Gives the answer to a request that is refused with a status and its text; nothing for the usual one. */
export type RefusedAnswer = (
  request: Pick<ServerRequest, "method" | "target">,
  refusal: { readonly status: number; readonly text: string },
) => ServerAnswer | undefined;

/** A server that takes requests. */
export interface HttpServer {
  /** Where it really listens. */
  readonly host: string;
  readonly port: number;
  /** Resolves when somebody asks the process to stop; asked again, it ends at once. */
  readonly stopped: Promise<void>;
  /** Take no more requests; resolves when all accepted ones are answered, or after `patience` milliseconds. */
  close(patience: number): Promise<void>;
}

/** Where connections of programs of this host are taken. */
export type UnixListenOptions =
  & (
    /** A path where the socket is made; its file has the mode 0600. */
    | { readonly path: string }
    /** A listening socket that this process was started with. */
    | { readonly descriptor: number }
  )
  & { readonly maxConnections: number };

/** A connection of another program of this host. */
export interface UnixConnection {
  /** What the client sends; ends with its side of the connection, or when reading was stopped. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Write all bytes, waiting for a slow reader. Throws `io_failure` when the client is gone. */
  write(bytes: Uint8Array): Promise<void>;
  /** Yield to all pending tasks, so that one write can carry everything that they produced. */
  turn(): Promise<void>;
  /** End the input, discarding the rest of it. */
  stop(): void;
  /** Whether the input ended with the last line possibly cut: on a socket nobody knows, so always. */
  readonly stopped: () => boolean;
}

/** A server on a Unix socket. */
export interface UnixServer {
  /** Resolves when somebody asks the process to stop; asked again, it ends at once. */
  readonly stopped: Promise<void>;
  /**
   * Take no more connections and read no more; resolves when all connections are served, or after `patience`
   * milliseconds. The socket's file is removed.
   */
  close(patience: number): Promise<void>;
}
