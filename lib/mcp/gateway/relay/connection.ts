import type { Gateway } from "../gateway.ts";
import { STOP_PATIENCE } from "../upstream/child.ts";
import type { ServerLink, StartServer } from "../upstream/link.ts";
import { ClientSide } from "./client_side.ts";
import { giveUp } from "./pending.ts";
import { ServerSide } from "./server_side.ts";
import type { RelayState } from "./state.ts";
import type { Outlet } from "./types.ts";

/** One session: a client on one side, a server on the other. */
export interface Connection {
  readonly client: ClientSide;
  readonly state: RelayState;
  /** Resolves when the messages of the server end. */
  readonly serverEnded: Promise<void>;
  /** Resolves when the server ended and everybody who waited is answered. */
  readonly serverDone: Promise<void>;
  readonly link: ServerLink;
  /** How many requests the server left without an answer when it ended. */
  unanswered(): number;
  /** The client sends nothing more: what it sent is answered, though no person is waited for; then the session ends. */
  finish(): Promise<void>;
  /** End the session and seal its evidence; what was not forwarded yet is given up. */
  close(): Promise<void>;
}

/**
 * Start a server and relay to it.
 *
 * @param outlet where messages go that belong to no request
 * @throws {GaitError} when the server can't be started
 */
export async function connect(
  gateway: Gateway,
  start: StartServer,
  { shared, outlet }: { readonly shared: boolean; readonly outlet: () => Outlet | undefined },
): Promise<Connection> {
  const link = await start();
  const { state, log } = gateway.newSession(link.upstream, { shared });
  const client = new ClientSide(state);
  const server = new ServerSide(state, outlet);
  const { promise: serverEnded, resolve: noteEnd } = Promise.withResolvers<void>();
  const serverDone = (async () => {
    try {
      await link.read((message, to) => server.take(message, to));
    } finally {
      noteEnd();
      await server.end();
    }
  })();
  serverDone.catch(() => {});
  let closing: Promise<void> | undefined;
  const answerRest = async () => {
    await client.delivered;
    for (const pending of state.requests.values()) pending.cancel?.();
    await Promise.all(state.personWaits);
    // A server whose input has ended answers what it was asked, but the gateway can ask it nothing more.
    await state.untilCompared(STOP_PATIENCE);
    await link.untilAnswered?.();
  };
  const giveRestUp = async () => {
    for (const pending of state.requests.values()) giveUp(state, pending);
    await client.delivered;
  };
  const closeOnce = async (before: () => Promise<void>) => {
    try {
      await before();
      await link.stop();
      await serverDone;
    } finally {
      await log.close();
    }
  };
  return {
    client,
    state,
    serverEnded,
    serverDone,
    link,
    unanswered: () => server.unanswered,
    finish: () => closing ??= closeOnce(answerRest),
    close: () => closing ??= closeOnce(giveRestUp),
  };
}
