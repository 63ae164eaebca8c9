import { repository } from "./places.ts";
import type { Stage } from "./gait.ts";

/** A server that was started by the executable. */
export interface RunningServer {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** What it printed when it was ready. */
  readonly announced: Record<string, unknown>;
  /** Send bytes as they are, and give what comes back until the server closes the connection. */
  raw(bytes: string | Uint8Array): Promise<string>;
  /** Open a connection that is left to the test. */
  connect(): Promise<Deno.TcpConn>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Ask it to stop, and wait until it did. */
  stop(): Promise<number>;
  kill(signal: Deno.Signal): void;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- tests look into answers of many shapes
  readonly json: any;
}

/** Run a test with `gait … --listen 127.0.0.1:0 --json`, which is ended afterwards. */
export async function withServer(
  { folder, executable = `${repository}bin/gait` }: Pick<Stage, "folder"> & { readonly executable?: string },
  args: readonly string[],
  test: (server: RunningServer) => Promise<void>,
  env: Record<string, string> = {},
  /** The command behind `--`, for commands that run another. */
  behind: readonly string[] = [],
): Promise<void> {
  const child = new Deno.Command(executable, {
    args: [...args, "--listen", "127.0.0.1:0", "--json", ...(behind.length > 0 ? ["--", ...behind] : [])],
    cwd: folder,
    env: { HOME: folder, NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let ended = false;
  const status = child.status.then((result) => (ended = true, result));
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let printed = "";
    while (!printed.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the server did not start: ${printed}`);
      printed += value;
    }
    await test(running(JSON.parse(printed), child, status));
  } finally {
    if (!ended) child.kill("SIGKILL");
    await status;
    await reader.cancel();
  }
}

function running(
  announced: Record<string, unknown>,
  child: Deno.ChildProcess,
  status: Promise<Deno.CommandStatus>,
): RunningServer {
  const [, host = "", digits = ""] = /^(.*):([0-9]+)$/.exec(String(announced.listen))!;
  const port = Number(digits);
  const url = `http://${host}:${port}`;
  const connect = () => Deno.connect({ hostname: host, port });
  return {
    host,
    port,
    url,
    announced,
    connect,
    async raw(bytes) {
      const connection = await connect();
      const writing = connection.write(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
      const text = await new Response(connection.readable).text();
      await writing;
      return text;
    },
    async post(path, body, headers = {}) {
      const response = await fetch(url + path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
        redirect: "manual",
      });
      const text = await response.text();
      return { status: response.status, text, json: parsed(text) };
    },
    async stop() {
      child.kill("SIGTERM");
      return (await status).code;
    },
    kill: (signal) => child.kill(signal),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
