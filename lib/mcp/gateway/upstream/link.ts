import type { Outlet, Upstream } from "../relay/types.ts";

/** How a server ended. */
export interface ServerEnd {
  readonly code: number;
  readonly signal: string | undefined;
}

/** Takes what a server says, with where it goes if it names no request. */
export type TakeMessage = (message: Uint8Array, outlet?: Outlet) => Promise<void>;

/** A server that a session talks to. */
export interface ServerLink {
  readonly upstream: Upstream;
  /** Pass on what the server says, until it ends or is stopped. */
  read(take: TakeMessage): Promise<void>;
  /** Resolves when nothing waits for its answer any more, or after a time limit; absent where `stop` waits for answers. */
  untilAnswered?(): Promise<void>;
  /** End it. */
  stop(): Promise<void>;
  /** How it ended, where it is a process of this one. */
  readonly ended: Promise<ServerEnd>;
}

/** Starts a server, or connects to one, for a new session. */
export type StartServer = () => Promise<ServerLink>;
