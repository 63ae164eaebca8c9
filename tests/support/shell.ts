import { repository } from "./places.ts";

/** Ends the output of a command; no program prints it. */
const END = "\x01gait-end\x01";

/**
 * A session of `sh` with `gait` in its PATH, behind what a test put into `.stand-ins`, and the folder as its home. Commands have no standard input, and their two
 * outputs are one. What runs in the background is ended with the session.
 */
export class Shell implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #buffered = "";
  readonly #background = new Set<number>();

  constructor(folder: string) {
    this.#child = new Deno.Command("sh", {
      cwd: folder,
      env: {
        PATH: `${folder}/.stand-ins:${repository}bin:${Deno.env.get("PATH")}`,
        NO_COLOR: "1",
        HOME: folder,
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async run(command: string): Promise<{ printed: string[]; status: number }> {
    // The subshell of `exit` hands the status on to the next command as `$?`.
    const script =
      `{ ${command}\n} </dev/null 2>&1\ngait_status=$?; printf '${END}%s %s\\n' $gait_status $!; (exit $gait_status)\n`;
    await this.#writer.write(new TextEncoder().encode(script));
    const end = new RegExp(`${END}(\\d+) (\\d*)\n`);
    for (;;) {
      const found = end.exec(this.#buffered);
      if (found) {
        const text = this.#buffered.slice(0, found.index);
        this.#buffered = this.#buffered.slice(found.index + found[0].length);
        const printed = text === "" ? [] : text.replace(/\n$/, "").split("\n");
        if (found[2] !== "") this.#background.add(Number(found[2]));
        return { printed, status: Number(found[1]) };
      }
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`the shell ended at: ${command}\n${this.#buffered}`);
      this.#buffered += value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.#background) {
      try {
        Deno.kill(pid);
      } catch {
        // It ended before.
      }
    }
    // Until they ended they write to the folder of the test, which is removed next.
    await this.#writer.write(new TextEncoder().encode("wait\n")).catch(() => {});
    await this.#writer.close().catch(() => {});
    // What still runs in the background may hold the output open.
    await this.#reader.cancel().catch(() => {});
    await this.#child.status;
  }
}
