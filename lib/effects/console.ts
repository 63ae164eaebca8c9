import { GaitError } from "../errors/mod.ts";
import { streamError } from "./errors.ts";

/**
 * Standard output and error of this process. Coloured only on a capable terminal without `NO_COLOR`.
 *
 * `out` throws `io_failure` if it can't write, so that no command succeeds whose output was lost. `err` never throws,
 * because there is no other stream on which to report the failure.
 */
export function realConsole() {
  const plain = !!Deno.env.get("NO_COLOR") || Deno.env.get("TERM") === "dumb";
  const terminal = Deno.stdout.isTerminal();
  return {
    out: (text: string) => writeWhole(Deno.stdout, text),
    err: (text: string) => {
      try {
        writeWhole(Deno.stderr, text);
      } catch (error) {
        if (!(error instanceof GaitError)) throw error;
      }
    },
    colour: terminal && !plain,
    /** Asked only when there is something to report. */
    get colourErrors() {
      return Deno.stderr.isTerminal() && !plain;
    },
    /** Columns of the terminal; infinite for a file or a pipe, where lines are not wrapped. */
    width: terminal ? columns() : Infinity,
  };
}

function columns(): number {
  try {
    return Deno.consoleSize().columns || Infinity; // some terminals say 0
  } catch {
    return Infinity;
  }
}

/** Synchronous, so that nothing is lost if the process ends right afterwards. */
function writeWhole(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += stream.writeSync(bytes.subarray(at));
    } catch (cause) {
      // The reader closed the pipe (`gait … | head -1`), so nobody can receive an error.
      if (cause instanceof Deno.errors.BrokenPipe) return;
      // The pipe was inherited in non-blocking mode: wait until its reader makes room.
      if (!(cause instanceof Deno.errors.WouldBlock)) throw streamError("write to standard output", cause);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
