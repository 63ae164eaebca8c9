/** Standard output and error of this process; colour only for a terminal without `NO_COLOR`. */
export function realConsole() {
  return {
    out: (text: string) => writeWhole(Deno.stdout, text),
    err: (text: string) => writeWhole(Deno.stderr, text),
    colour: Deno.stdout.isTerminal() && (Deno.env.get("NO_COLOR") ?? "") === "",
  };
}

/** Written synchronously, so that nothing is lost when the process ends right after. */
function writeWhole(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
  } catch (error) {
    // The reader went away (`gait … | head -1`): nobody is left to tell.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
