import { repository } from "./places.ts";

/** A running `bin/gait` that is driven line by line. */
export interface Talk {
  readonly pid: number;
  send(...lines: string[]): Promise<void>;
  /** The next answer. */
  // deno-lint-ignore no-explicit-any -- tests look into answers of many shapes
  next(): Promise<any>;
  kill(signal: Deno.Signal): void;
  /** End the input, or do nothing when it has ended; then wait. Tells the exit status and the answers left. */
  // deno-lint-ignore no-explicit-any -- as above
  end(): Promise<{ code: number; signal: string | null; rest: any[]; stderr: string }>;
}

/** Start `bin/gait` in a folder. */
export function talkTo(folder: string, ...args: string[]): Talk {
  const child = new Deno.Command(`${repository}bin/gait`, {
    args,
    cwd: folder,
    env: { NO_COLOR: "1", HOME: folder },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const lines = linesOf(child.stdout);
  const stderr = new Response(child.stderr).text();
  return {
    pid: child.pid,
    send: (...texts) => writer.write(new TextEncoder().encode(texts.map((text) => text + "\n").join(""))),
    async next() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`gait ended: ${await stderr}`);
      return JSON.parse(value);
    },
    kill: (signal) => child.kill(signal),
    async end() {
      await writer.close().catch(() => {});
      const rest = [];
      for await (const line of lines) rest.push(JSON.parse(line));
      const { code, signal } = await child.status;
      return { code, signal, rest, stderr: await stderr };
    },
  };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let held = "";
  for await (const piece of stream) {
    const parts = (held + decoder.decode(piece, { stream: true })).split("\n");
    held = parts.pop()!;
    yield* parts;
  }
}
