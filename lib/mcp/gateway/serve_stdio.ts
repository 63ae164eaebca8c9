import type { Stdio } from "../../effects/mod.ts";
import { concat } from "../../formats/bytes.ts";
import { MessageLines } from "./codec/message_lines.ts";
import type { Gateway } from "./gateway.ts";
import type { ClientSide } from "./relay/client_side.ts";
import { connect } from "./relay/connection.ts";
import { Held } from "./relay/held.ts";
import type { Outlet } from "./relay/types.ts";
import { MAX_MESSAGE_BYTES, onOneLine } from "./upstream/child.ts";
import type { ServerEnd, StartServer } from "./upstream/link.ts";

/**
 * Relay between a client on standard input and output and a server (docs/spec/mcp.md 10.11, 10.12), until one of them
 * ends.
 *
 * @returns how the server ended, and whether it did so by itself, while the client still listened or waited for
 * answers
 */
export async function serveStdio(
  gateway: Gateway,
  openStdio: () => Promise<Stdio>,
  start: StartServer,
): Promise<ServerEnd & { readonly early: boolean }> {
  let outlet: Outlet | undefined;
  const connection = await connect(gateway, start, { shared: false, outlet: () => outlet });
  let early = false;
  try {
    const stdio = await openStdio();
    outlet = stdioOutlet(stdio);
    let clientEnded = false;
    // Before anybody is answered: a client that reads the answer ends, too.
    void connection.serverEnded.then(() => early = !clientEnded);
    const serverDone = connection.serverDone.finally(() => stdio.stop());
    serverDone.catch(() => {});
    try {
      await readClient(stdio, connection.client, outlet);
    } finally {
      clientEnded = true;
    }
    await connection.finish();
    await serverDone;
  } finally {
    await connection.close();
  }
  const end = await connection.link.ended;
  // A client that sends all at once, as a file does, has ended before it is answered.
  const failed = end.signal === undefined && end.code !== 0 && connection.unanswered() > 0;
  return { ...end, early: early || failed };
}

async function readClient(stdio: Stdio, client: ClientSide, outlet: Outlet): Promise<void> {
  const lines = new MessageLines(MAX_MESSAGE_BYTES);
  const held = new Held(client.state.context.notify);
  for await (const piece of stdio.input) {
    for (const line of lines.push(piece)) {
      if (line.kind === "message") await held.take(line.bytes.length, client.take(line.bytes, { outlet }));
      else await held.take(0, client.takeRead(line.refused, { outlet }));
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
