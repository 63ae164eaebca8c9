import { GaitError } from "../errors/mod.ts";

/** Standard input and output of a process that serves until its input ends or it is told to stop. */
export interface Stdio {
  /** Pieces of standard input; ends also at SIGTERM or SIGINT. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Write all bytes; waits while the reader is slower. `io_failure` when there is no reader any more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Whether a signal ended the input. */
  readonly stopped: () => boolean;
}

/** The first signal ends the input, so that what was accepted is finished; a second one kills as usual. */
const SIGNALS = Deno.build.os === "windows" ? ["SIGINT"] as const : ["SIGTERM", "SIGINT"] as const;

/** The real ones. They can be opened once. */
export function openStdio(): Stdio {
  let stopped = false;
  const reader = Deno.stdin.readable.getReader();
  const stop = () => {
    stopped = true;
    unlisten();
    reader.cancel().catch(() => {});
  };
  const unlisten = () => SIGNALS.forEach((signal) => Deno.removeSignalListener(signal, stop));
  SIGNALS.forEach((signal) => Deno.addSignalListener(signal, stop));
  async function* input() {
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done || stopped) return;
        yield value;
      }
    } finally {
      if (!stopped) unlisten();
    }
  }
  return { input: input(), write, stopped: () => stopped };
}

async function write(bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
  } catch (cause) {
    throw new GaitError("io_failure", "Cannot write to standard output: nobody reads it", { cause });
  }
}
