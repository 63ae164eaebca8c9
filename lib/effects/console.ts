import { GaitError } from "../errors/mod.ts";
import { streamError } from "./errors.ts";

/**
 * Standard output and error of this process; colour only for a terminal that can show it, without `NO_COLOR`.
 *
 * `out` throws `io_failure` when its text can't be written, so that no command says ok where nobody was told; `err`
 * never throws, for there is no other place to tell.
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
    colourErrors: Deno.stderr.isTerminal() && !plain,
    /** Columns of the terminal; endless for a file or a pipe, in which lines stay whole. */
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

/** Written synchronously, so that nothing is lost when the process ends right after. */
function writeWhole(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += stream.writeSync(bytes.subarray(at));
    } catch (cause) {
      // The reader went away (`gait … | head -1`): nobody is left to tell.
      if (cause instanceof Deno.errors.BrokenPipe) return;
      // Whoever started us shares a pipe that does not block: wait until its reader made room.
      if (!(cause instanceof Deno.errors.WouldBlock)) throw streamError("write to standard output", cause);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
