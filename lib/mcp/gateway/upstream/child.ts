import type { PipedChild } from "../../../effects/types.ts";
import { Held } from "../relay/held.ts";
import { keptOf, type ServerLink, type ServerMessage } from "./link.ts";
import { concat } from "../../../formats/bytes.ts";
import { MessageLines } from "../codec/message_lines.ts";
import type { Upstream } from "../relay/types.ts";

/** The largest message, in bytes: counted before it is read (docs/spec/mcp.md 10.3). */
export const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;

/** How long a server gets to end by itself, and again after it was asked to, in milliseconds. */
export const STOP_PATIENCE = 2_000;

const NEWLINE = Uint8Array.of(0x0a);

/** Messages for a child, one a line. */
export function childUpstream(child: Pick<PipedChild, "write">): Upstream {
  let last: Promise<void> = Promise.resolve();
  return {
    send(message) {
      // Each line is whole: two writes never mix.
      const written = last.then(() => child.write(concat([onOneLine(message), NEWLINE])));
      last = written.catch(() => {});
      return written;
    },
  };
}

/**
 * Line ends inside of a message are white space between its values, for texts can't hold them; on one line they become
 * blanks. A message without any stays as it is.
 */
export function onOneLine(message: Uint8Array): Uint8Array {
  if (!message.includes(0x0a) && !message.includes(0x0d)) return message;
  return message.map((byte) => byte === 0x0a || byte === 0x0d ? 0x20 : byte);
}

/** Read the messages that a child prints, one a line; of a line that is too long its ids are left. */
async function readChild(
  { output }: Pick<PipedChild, "output">,
  take: (message: ServerMessage) => Promise<void>,
  onTooLong: () => void,
): Promise<void> {
  const lines = new MessageLines(MAX_MESSAGE_BYTES);
  for await (const piece of output) {
    for (const line of lines.push(piece)) {
      if (line.kind === "too_long") onTooLong();
      await take(line.kind === "message" ? line.bytes : line.refused);
    }
  }
}

/** A child as the server of a session. */
export function childLink(child: PipedChild, notify: (text: string) => void): ServerLink {
  const held = new Held(notify);
  return {
    upstream: childUpstream(child),
    read: (take) =>
      readChild(child, (message) => held.take(keptOf(message), take(message)), () => notify(TOO_LONG)),
    stop: () => child.stop(STOP_PATIENCE),
    ended: child.ended,
  };
}

/** What is reported about a message of a server that is too long. */
export const TOO_LONG =
  `the server sent a message longer than ${MAX_MESSAGE_BYTES} bytes, which is passed to nobody`;
