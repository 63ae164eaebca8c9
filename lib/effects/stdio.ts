import { streamError } from "./errors.ts";
import { ENDING, STATUS_OF } from "./signals.ts";

/** Standard input and output of a process that serves until its input ends or it is told to stop. */
export interface Stdio {
  /** Pieces of standard input; ends also at SIGTERM or SIGINT. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Write all bytes; waits while the reader is slower. `io_failure` when there is no reader any more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Let everything go first that is ready to go; then one write can take what it made. */
  turn(): Promise<void>;
  /** End the input, whatever stands in it. */
  stop(): void;
  /** Whether a signal ended the input. */
  readonly stopped: () => boolean;
}

/**
 * The real ones. They can be opened once.
 *
 * The first signal ends the input, so that what was accepted is finished; a second one ends the process. The
 * listeners stay: taken away while their signal is being delivered, it sometimes ended the process all the same.
 */
export function openStdio(): Stdio {
  let stopped = false;
  const reader = Deno.stdin.readable.getReader();
  const stop = () => void reader.cancel().catch(() => {});
  // The end of the terminal is no wish to finish: it ends the process as ever.
  for (const signal of ENDING.filter((signal) => signal !== "SIGHUP")) {
    Deno.addSignalListener(signal, () => {
      if (stopped) Deno.exit(STATUS_OF[signal]);
      stopped = true;
      stop();
    });
  }
  async function* input() {
    for (;;) {
      const { value, done } = await reader.read().catch((cause) => {
        throw streamError("read standard input", cause);
      });
      if (done || stopped) return;
      yield value;
    }
  }
  return { input: input(), write, turn: turns(), stop, stopped: () => stopped };
}

/** A message to oneself: a hundred times quicker than a timer of 0 ms. */
function turns(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(0);
    });
}

async function write(bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
  } catch (cause) {
    throw streamError("write to standard output", cause);
  }
}
