/** The port of a process that prints its address on 127.0.0.1 when it listens. */
export async function portOf(stdout: ReadableStreamDefaultReader<string>): Promise<number> {
  let printed = "";
  for (;;) {
    const port = /127\.0\.0\.1:(\d+)\D/.exec(printed)?.[1];
    if (port !== undefined) return Number(port);
    const { value, done } = await stdout.read();
    if (done) throw new Error(`it did not start: ${printed}`);
    printed += value;
  }
}

/** A connection that stays open, on which one request after another is answered. */
export interface Connection extends Disposable {
  /** Send a whole request, and read its whole answer. */
  ask(request: Uint8Array): Promise<{ readonly head: string; readonly body: string }>;
}

/** Connect to a port of this machine. */
export async function connectTo(port: number): Promise<Connection> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  const buffer = new Uint8Array(65_536);
  return {
    async ask(request) {
      await connection.write(request);
      let text = "";
      for (;;) {
        const size = await connection.read(buffer);
        if (size === null) throw new Error(`the connection was closed: ${text}`);
        text += new TextDecoder().decode(buffer.subarray(0, size));
        const end = text.indexOf("\r\n\r\n");
        if (end < 0) continue;
        const [head, body] = [text.slice(0, end + 2), text.slice(end + 4)];
        const length = /^content-length: (\d+)/im.exec(head)?.[1];
        if (length === undefined ? body.endsWith("0\r\n\r\n") : body.length >= Number(length)) {
          return { head, body };
        }
      }
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

/** The bytes of a request with a JSON body, each header with its end. */
export function postOf(port: number, path: string, body: string, headers = ""): Uint8Array {
  const bytes = new TextEncoder().encode(body);
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
    `${headers}Content-Length: ${bytes.length}\r\n\r\n`;
  return new TextEncoder().encode(head + body);
}
