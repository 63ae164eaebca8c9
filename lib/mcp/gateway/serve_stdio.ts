import type { PipedChild, Stdio } from "../../effects/mod.ts";
import { messageOf } from "../../errors/mod.ts";
import { concat } from "../../formats/bytes.ts";
import { LineSplitter } from "../../gate/stream/request.ts";
import type { Gateway } from "./gateway.ts";
import { INVALID_REQUEST } from "./codec/message.ts";
import { encodeError } from "./codec/reply.ts";
import { ClientSide, giveUp } from "./relay/client_side.ts";
import { ServerSide } from "./relay/server_side.ts";
import type { Outlet } from "./relay/types.ts";
import { childUpstream, MAX_MESSAGE_BYTES, onOneLine, readChild, STOP_PATIENCE } from "./upstream/child.ts";

/** The most bytes of messages that are read and not delivered yet. */
const MAX_HELD_BYTES = 4 * MAX_MESSAGE_BYTES;

/** How a server ended. */
export interface ServerEnd {
  readonly code: number;
  readonly signal: string | undefined;
  /** It ended by itself, while the client still wanted something. */
  readonly early: boolean;
}

/**
 * Relay between a client on standard input and output and a child (docs/spec/mcp.md 10.11, 10.12), until one of them
 * ends.
 */
export async function serveStdio(gateway: Gateway, stdio: Stdio, child: PipedChild): Promise<ServerEnd> {
  const { state, log } = gateway.newSession(childUpstream(child), { shared: false });
  const outlet = stdioOutlet(stdio);
  const client = new ClientSide(state);
  const server = new ServerSide(state, () => outlet);
  let stopped = false;
  const serverDone = (async () => {
    const held = new Held(state.context.notify);
    await readChild(
      child,
      (message) => held.take(message, server.take(message)),
      () => state.context.notify(TOO_LONG),
    );
    await server.end();
    stdio.stop();
  })();
  const clientDone = (async () => {
    try {
      await readClient(stdio, client, outlet);
    } finally {
      stopped = true;
      for (const pending of state.requests.values()) giveUp(state, pending);
      await client.delivered;
      await child.stop(STOP_PATIENCE);
    }
  })();
  let early = false;
  void serverDone.then(() => early = !stopped, () => {});
  try {
    await Promise.all([serverDone, clientDone]);
  } finally {
    await child.stop(STOP_PATIENCE);
    await log.close();
  }
  return { ...await child.ended, early };
}

const TOO_LONG = `the server sent a line longer than ${MAX_MESSAGE_BYTES} bytes, which is passed to nobody`;

/**
 * Messages that were read and not delivered yet. Reading goes on meanwhile, since the answer to a question of the gateway
 * may stand behind a message that waits for it; but not without bounds.
 */
class Held {
  #bytes = 0;

  constructor(readonly notify: (text: string) => void) {}

  /** Resolves when more can be read. */
  async take({ length }: Uint8Array, delivered: Promise<void>): Promise<void> {
    this.#bytes += length;
    const settled = delivered.catch((error) => this.notify(messageOf(error))).finally(() =>
      this.#bytes -= length
    );
    if (this.#bytes > MAX_HELD_BYTES) await settled;
  }
}

async function readClient(stdio: Stdio, client: ClientSide, outlet: Outlet): Promise<void> {
  const splitter = new LineSplitter(MAX_MESSAGE_BYTES);
  const held = new Held(client.state.context.notify);
  for await (const piece of stdio.input) {
    for (const line of splitter.push(piece)) {
      if (line.kind === "too_long") {
        await outlet.answer(encodeError(null, INVALID_REQUEST, "Refused by gait: the message is too long"));
        continue;
      }
      if (!line.bytes.some((byte) => byte > 0x20)) continue;
      await held.take(line.bytes, client.take(line.bytes, { outlet }));
    }
  }
}

/** Messages for the client, one a line; those that wait together are written together. */
function stdioOutlet(stdio: Pick<Stdio, "write">): Outlet {
  let waiting: Uint8Array[] = [];
  let writing: Promise<void> | undefined;
  const newline = Uint8Array.of(0x0a);
  const send = (message: Uint8Array): Promise<void> => {
    waiting.push(onOneLine(message), newline);
    writing ??= (async () => {
      try {
        while (waiting.length > 0) {
          const lines = waiting;
          waiting = [];
          await stdio.write(concat(lines));
        }
      } finally {
        writing = undefined;
      }
    })();
    return writing;
  };
  return { send, answer: send, dropped: () => {} };
}
