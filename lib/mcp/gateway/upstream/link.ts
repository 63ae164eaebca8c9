import type { Fault } from "../codec/fault.ts";
import type { RefusedBatch } from "../codec/unread_message.ts";
import type { Outlet, Upstream } from "../relay/types.ts";

/** How a server ended. */
export interface ServerEnd {
  readonly code: number;
  readonly signal: string | undefined;
}

/** A message of a server, or what was read of one that is too long to be kept. */
export type ServerMessage = Uint8Array | Fault | RefusedBatch;

/** How many bytes of a message are kept. */
export function keptOf(message: ServerMessage): number {
  return message instanceof Uint8Array ? message.length : 0;
}

/** Takes what a server says, with where it goes if it names no request. */
export type TakeMessage = (message: ServerMessage, outlet?: Outlet) => Promise<void>;

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
