import type { IncomingMessage, ServerResponse } from "node:http";
import { invalidInput, messageOf } from "../errors/mod.ts";

/** How many bytes of a body wait for their reader before the client is made to wait. */
const MAX_WAITING = 1 << 18;

/**
 * The body as it comes. The events of the request are read directly: its own iterator costs more than everything else of
 * a small request.
 */
export async function* bodyOf(
  request: IncomingMessage,
  response: ServerResponse,
  expects: boolean,
): AsyncGenerator<Uint8Array> {
  if (expects) response.writeContinue();
  let pieces: Uint8Array[] = [];
  let size = 0;
  // When the client has disconnected before, no event follows.
  let isWhole = request.readableEnded;
  let ended = isWhole || request.destroyed;
  let failure: unknown;
  let wake = () => {};
  const closed = () => {
    ended = true;
    wake();
  };
  const whole = () => {
    isWhole = true;
    closed();
  };
  const failed = (error: unknown) => {
    failure = error;
    closed();
  };
  const taken = (piece: Uint8Array) => {
    pieces.push(piece);
    size += piece.length;
    if (size > MAX_WAITING) request.pause();
    wake();
  };
  request.on("data", taken).on("end", whole).on("close", closed).on("error", failed);
  try {
    for (;;) {
      const ready = pieces;
      pieces = [];
      size = 0;
      if (ready.length === 0 && ended) break;
      for (const piece of ready) yield piece;
      if (request.isPaused()) request.resume();
      if (pieces.length === 0 && !ended) await new Promise<void>((resolve) => wake = resolve);
    }
  } finally {
    request.off("data", taken).off("end", whole).off("close", closed).off("error", failed);
  }
  if (failure !== undefined) {
    throw invalidInput(`Cannot read the body: ${messageOf(failure)}`, { cause: failure });
  }
  // INVARIANT: a body that was cut short is never taken for a whole one.
  if (!isWhole || !request.complete) throw invalidInput("Cannot read the body: the client disconnected");
}
