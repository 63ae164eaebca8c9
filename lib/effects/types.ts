import type { Files, WatchFolders } from "./file_types.ts";
import type { Journals } from "./journal_types.ts";
import type {
  Http,
  HttpServer,
  ListenOptions,
  ServerAnswer,
  ServerRequest,
  UnixConnection,
  UnixListenOptions,
  UnixServer,
} from "./network_types.ts";
import type {
  BoundedRequest,
  BoundedResult,
  ChildRequest,
  ChildResult,
  LaunchRequest,
  PipedChild,
  PipedRequest,
  Supervision,
} from "./process_types.ts";
import type { Stdio } from "./stdio.ts";

export type * from "./file_types.ts";
export type * from "./journal_types.ts";
export type * from "./network_types.ts";
export type * from "./process_types.ts";

/** Environment variables; they can be read by name only. */
export interface Environment {
  get(name: string): string | undefined;
}

/** What this process may still do, found out by trying. */
export interface PermissionProbe {
  /** Whether a permission is held without limits. */
  holds(name: "read" | "write" | "run" | "env" | "net" | "sys" | "ffi"): boolean;
  /** Whether the network may be used on loopback and, as far as one other address tells, nowhere else. */
  isLoopbackOnly(): boolean;
  /** Whether a connection beyond loopback is refused before anything is sent. */
  networkIsDenied(): Promise<boolean>;
}

/** All effects of a command. Whatever is not a pure function of the arguments comes from here. */
export interface Effects {
  readonly files: Files;
  /** Write-ahead journals, for commands that write many records. */
  readonly journals: () => Promise<Journals>;
  /** Those that a thread of their own writes, for a server that decides other calls meanwhile. */
  readonly threadedJournals: () => Promise<Journals>;
  readonly env: Environment;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Run an action after some milliseconds; the result calls it off. */
  readonly after: (milliseconds: number, action: () => void) => () => void;
  /** Set the runtime up for a process that keeps running; the result starts a full garbage collection. */
  readonly longRun: () => Promise<() => void>;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
  readonly runChild: (request: ChildRequest) => Promise<ChildResult>;
  /** Run a child that neither outlives its timeout nor leaves a process of its group behind. */
  readonly runBounded: (request: BoundedRequest) => Promise<BoundedResult>;
  /** Start a child to talk to, which ends when this process does. */
  readonly startPiped: (request: PipedRequest) => Promise<PipedChild>;
  /** Start a program that outlives this one; false if it can't be started. */
  readonly launch: (request: LaunchRequest) => Promise<boolean>;
  /** Processes that end when this one does. */
  readonly supervision: () => Promise<Supervision>;
  /** Shows the progress of a long operation, replacing the previous text; absent when standard error is no terminal. */
  readonly showProgress?: ((text: string) => void) | undefined;
  /**
   * Shows a text to whoever sits at the terminal of standard error; absent when that is no terminal, so that what is for a
   * person's eyes never reaches a file or a pipe.
   */
  readonly showOnTerminal?: ((text: string) => void) | undefined;
  /** For the diagnosis of this program itself. */
  readonly permissions: () => Promise<PermissionProbe>;
  /** The network, for the few commands that use it. */
  readonly http: () => Promise<Http>;
  /** Watches folders for changes. */
  readonly watch: () => Promise<WatchFolders>;
  readonly readStdin: (limit: number) => Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Standard input and output as streams, for commands that serve.
   *
   * @param options.asSockets for one short message after another, each of which is waited for: pipes are opened as sockets,
   * which may leave them so that they never block (O_NONBLOCK), also for others that have the same end
   */
  readonly stdio: (options?: { readonly asSockets?: boolean }) => Promise<Stdio>;
  /**
   * Serve HTTP. Throws `invalid_input` when the address can't be used.
   *
   * @param answer never throws
   */
  readonly listen: (
    options: ListenOptions,
    answer: (request: ServerRequest) => Promise<ServerAnswer>,
  ) => Promise<HttpServer>;
  /**
   * Serve programs of this host over a Unix socket. Throws `invalid_input` when the path can't be used,
   * `state_contention` when somebody listens there, `unsafe_operation` when others could take the place of the socket,
   * `dependency_missing` without the permission.
   *
   * @param serve serves a connection; what it throws ends that connection alone
   */
  readonly listenUnix: (
    options: UnixListenOptions,
    serve: (connection: UnixConnection) => Promise<void>,
  ) => Promise<UnixServer>;
  /** Whether a person sits at standard input. */
  readonly isTerminal: () => boolean;
  /** Show a text on standard error and read one line; empty at the end of input. */
  readonly ask: (text: string) => Promise<string>;
  /** Home folder of the user, empty when unknown. */
  readonly home: string | undefined;
  /** The path of the executable, or of the launcher of a checkout. */
  readonly executable: () => string;
  /** Platform names as artifacts write them: `linux`, `darwin`, `windows`; `amd64`, `arm64`. */
  readonly os: string;
  readonly arch: string;
}
