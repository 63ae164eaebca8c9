import type { PipedChild } from "../../../effects/types.ts";
import { Held } from "../relay/held.ts";
import type { ServerLink } from "./link.ts";
import { concat } from "../../../formats/bytes.ts";
import { MessageLines } from "../codec/message_lines.ts";
import { INTERNAL_ERROR } from "../codec/message.ts";
import { encodeError } from "../codec/reply.ts";
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

/**
 * Read the lines that a child prints, one after the other. A line that is too long is no message; where it answers a
 * request, an error takes its place, so that nobody waits for ever.
 *
 * @param take resolves when there is room for the next one
 */
export async function readChild(
  { output }: Pick<PipedChild, "output">,
  take: (message: Uint8Array) => Promise<void>,
  onTooLong: () => void,
): Promise<void> {
  const lines = new MessageLines(MAX_MESSAGE_BYTES);
  for await (const piece of output) {
    for (const line of lines.push(piece)) {
      if (line.kind === "message") await take(line.bytes);
      else {
        onTooLong();
        if (line.id !== null && line.isAnswer) {
          await take(encodeError(line.id, INTERNAL_ERROR, TOO_LONG_ANSWER));
        }
      }
    }
  }
}

const TOO_LONG_ANSWER = `Refused by gait: the answer of the server is longer than ${MAX_MESSAGE_BYTES} bytes`;

/** A child as the server of a session. */
export function childLink(child: PipedChild, notify: (text: string) => void): ServerLink {
  const held = new Held(notify);
  return {
    upstream: childUpstream(child),
    read: (take) => readChild(child, (message) => held.take(message, take(message)), () => notify(TOO_LONG)),
    stop: () => child.stop(STOP_PATIENCE),
    ended: child.ended,
  };
}

const TOO_LONG = `the server sent a line longer than ${MAX_MESSAGE_BYTES} bytes, which is passed to nobody`;
