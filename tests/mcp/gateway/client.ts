import { repository } from "../../support/places.ts";
import type { Stage } from "../../support/gait.ts";

/** A JSON-RPC message as a test reads it. */
// deno-lint-ignore no-explicit-any -- tests look into messages of many shapes
export type Json = any;

/** A client on the standard input of a gateway. */
export interface Client {
  readonly pid: number;
  /** Write bytes or a text as they are. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Write a message on a line. */
  send(message: unknown): Promise<void>;
  /** The next message of the gateway that fits. */
  next(fits?: (message: Json) => boolean): Promise<Json>;
  /** Send a request, and give its answer. */
  ask(id: number | string, method: string, params?: unknown): Promise<Json>;
  /** Begin a session. */
  initialize(version?: string): Promise<Json>;
  /** Call a tool. */
  call(id: number | string, name: string, args?: unknown, more?: object): Promise<Json>;
  /** Close the standard input, and give the exit status. */
  close(): Promise<number>;
  kill(signal: Deno.Signal): Promise<number>;
  /** The exit status, once it ended. */
  readonly ended: Promise<number>;
  readonly stderr: () => string;
}

/** The command of the scripted server. */
export function scripted(log: string, ...options: string[]): string[] {
  return ["node", `${repository}tests/mcp/gateway/scripted_server.mjs`, log, ...options];
}

/** Run a test with a client that talks to `gait mcp gateway` over its standard input and output. */
export async function withClient(
  { folder, executable = `${repository}bin/gait` }: Pick<Stage, "folder"> & { readonly executable?: string },
  args: readonly string[],
  test: (client: Client) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const child = new Deno.Command(executable, {
    args: ["mcp", "gateway", ...args],
    cwd: folder,
    env: { HOME: folder, NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let ended = false;
  const status = child.status.then((result) => (ended = true, result));
  const writer = child.stdin.getWriter();
  let stderr = "";
  const errors = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      stderr = (stderr + text).slice(-50_000);
    }
  })();
  const inbox = new Inbox(child.stdout);
  const client: Client = {
    pid: child.pid,
    write: (bytes) => writer.write(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes),
    send: (message) => client.write(JSON.stringify(message) + "\n"),
    next: (fits = () => true) => inbox.next(fits),
    async ask(id, method, params) {
      await client.send({ jsonrpc: "2.0", id, method, ...(params === undefined ? {} : { params }) });
      return await client.next((message) => message.id === id && message.method === undefined);
    },
    async initialize(version = "2025-11-25") {
      const answer = await client.ask("init", "initialize", {
        protocolVersion: version,
        capabilities: { sampling: {}, elicitation: {} },
        clientInfo: { name: "test", version: "1" },
      });
      await client.send({ jsonrpc: "2.0", method: "notifications/initialized" });
      return answer;
    },
    call: (id, name, given, more = {}) =>
      client.ask(id, "tools/call", { name, arguments: given ?? {}, ...more }),
    async close() {
      await writer.close().catch(() => {});
      return (await status).code;
    },
    async kill(signal) {
      child.kill(signal);
      return (await status).code;
    },
    ended: status.then(({ code }) => code),
    stderr: () => stderr,
  };
  try {
    await test(client);
    await client.close();
  } catch (error) {
    if (error instanceof Error) error.message += `\nstandard error of the gateway: ${stderr.slice(-2_000)}`;
    throw error;
  } finally {
    if (!ended) child.kill("SIGKILL");
    await status;
    await inbox.done;
    await errors;
    await writer.abort().catch(() => {});
  }
}

/** The messages of a gateway that nobody looked at yet. */
class Inbox {
  readonly #messages: Json[] = [];
  #wake: () => void = () => {};
  #ended = false;
  #givenUp = false;
  readonly done: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.done = (async () => {
      let rest = "";
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines) this.#messages.push(JSON.parse(line));
        this.#wake();
      }
      this.#ended = true;
      this.#wake();
    })();
  }

  async next(fits: (message: Json) => boolean): Promise<Json> {
    for (;;) {
      const at = this.#messages.findIndex(fits);
      if (at >= 0) return this.#messages.splice(at, 1)[0];
      if (this.#ended || this.#givenUp) {
        const why = this.#ended ? "the gateway ended" : "nothing came";
        throw new Error(`${why}; it also said: ${JSON.stringify(this.#messages)}`);
      }
      // So that a message that never comes fails the test instead of holding it up.
      const timer = setTimeout(() => {
        this.#givenUp = true;
        this.#wake();
      }, 60_000);
      await new Promise<void>((resolve) => this.#wake = resolve);
      clearTimeout(timer);
    }
  }
}
