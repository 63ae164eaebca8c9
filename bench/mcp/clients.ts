import { connectTo, portOf, postOf } from "./http.ts";

/** Sends one request and waits for its answer, again and again. */
export interface BenchClient {
  /** The process it talks to. */
  readonly pid: number;
  /** @throws when the answer is no result */
  ask(method: string, params: unknown): Promise<void>;
  close(): Promise<void>;
}

const INITIALIZE = {
  protocolVersion: "2025-11-25",
  capabilities: {},
  clientInfo: { name: "bench", version: "1" },
};

const encoder = new TextEncoder();

/** How a process is started. */
export interface Started {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

function spawn({ command: [program, ...args], cwd, env }: Started, stdin: "piped" | "null") {
  return new Deno.Command(program!, { args, cwd, env: { ...env }, stdin, stdout: "piped", stderr: "inherit" })
    .spawn();
}

/** A session with a process on its standard input and output. */
export async function stdioClient(started: Started): Promise<BenchClient> {
  const child = spawn(started, "piped");
  const writer = child.stdin.getWriter();
  const reader = child.stdout.getReader();
  let id = 0;
  const client: BenchClient = {
    pid: child.pid,
    async ask(method, params) {
      await writer.write(encoder.encode(JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params }) + "\n"));
      let text = "";
      while (!text.endsWith("\n")) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the process ended: ${text}`);
        text += new TextDecoder().decode(value);
      }
      checkAnswer(text, id);
    },
    async close() {
      await writer.close();
      while (!(await reader.read()).done);
      await child.status;
    },
  };
  await client.ask("initialize", INITIALIZE);
  await writer.write(encoder.encode('{"jsonrpc":"2.0","method":"notifications/initialized"}\n'));
  return client;
}

/** A session with a process that prints its address, on one connection that stays open. */
export async function httpClient(started: Started): Promise<BenchClient> {
  const child = spawn(started, "null");
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = await portOf(lines);
  const connection = await connectTo(port);
  let headers = "Accept: application/json, text/event-stream\r\n";
  let id = 0;
  const post = (message: unknown) => connection.ask(postOf(port, "/mcp", JSON.stringify(message), headers));
  const ask = async (method: string, params: unknown): Promise<string> => {
    const { head, body } = await post({ jsonrpc: "2.0", id: ++id, method, params });
    checkAnswer(body, id);
    return head;
  };
  const begun = /^mcp-session-id: .*\r\n/im.exec(await ask("initialize", INITIALIZE));
  headers += begun?.[0] ?? "";
  await post({ jsonrpc: "2.0", method: "notifications/initialized" });
  return {
    pid: child.pid,
    ask: async (method, params) => void await ask(method, params),
    async close() {
      connection[Symbol.dispose]();
      child.kill("SIGTERM");
      while (!(await lines.read()).done);
      await child.status;
    },
  };
}

function checkAnswer(text: string, id: number): void {
  const answer = JSON.parse(text);
  if (answer.id !== id || answer.result === undefined || answer.result.isError) throw new Error(text);
}
