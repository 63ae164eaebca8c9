import { streamError } from "./errors.ts";
import { pieceReader } from "./pieces.ts";
import { onStopSignal } from "./stop_signal.ts";

type Sockets = typeof import("./stdio_sockets.ts");

/** Standard input and output of a process that serves requests until its input ends or it is stopped. */
export interface Stdio {
  /** Chunks of standard input; also ends at SIGTERM or SIGINT. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Write all bytes, waiting for a slow reader. Throws `io_failure` when the reader is gone. */
  write(bytes: Uint8Array): Promise<void>;
  /** Yield to all pending tasks, so that one write can carry everything that they produced. */
  turn(): Promise<void>;
  /** End the input, discarding the rest of it. */
  stop(): void;
  /** Whether a signal ended the input. */
  readonly stopped: () => boolean;
}

/**
 * Open the streams of this process. Can be called once.
 *
 * The first signal ends the input, so that accepted requests are finished; the second one ends the process.
 *
 * @param sockets opens them as sockets, where they can be some
 */
export function openStdio(sockets?: Pick<Sockets, "inputSocket" | "outputSocket">): Stdio {
  let stopped = false;
  const reader = sockets?.inputSocket() ?? pieceReader(Deno.stdin.readable);
  const writeAll = sockets?.outputSocket() ?? writeFile;
  const stop = () => void reader.cancel().catch(() => {});
  onStopSignal(() => {
    stopped = true;
    stop();
  });
  async function* input() {
    for (;;) {
      const piece = await reader.next().catch((cause) => {
        throw streamError("read standard input", cause);
      });
      if (piece === undefined || stopped) return;
      yield piece;
    }
  }
  const write = async (bytes: Uint8Array) => {
    await writeAll(bytes).catch((cause) => {
      throw streamError("write to standard output", cause);
    });
  };
  return { input: input(), write, turn: turns(), stop, stopped: () => stopped };
}

/** Yields through a message channel, which is a hundred times faster than a timer of 0 ms. */
export function turns(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(0);
    });
}

async function writeFile(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}
