import { environment } from "./drive.ts";

/** A port that nobody listens on. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

/**
 * Run a test while a gateway, or a server, listens.
 *
 * @param test gets the address that it printed, without a path
 */
export async function withService(
  [program, ...args]: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  test: (url: string, stderr: () => string) => Promise<void>,
  /** The address of a server that doesn't print it, but "listening". */
  known?: string,
): Promise<void> {
  const child = new Deno.Command(program!, {
    args,
    cwd,
    clearEnv: true,
    env: { ...environment(cwd), ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let printed = "";
  let notify: () => void = () => {};
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      printed = (printed + text).slice(-100_000);
      notify();
    }
  };
  const reading = Promise.all([read(child.stdout), read(child.stderr)]);
  const ended = child.status.then(() => notify());
  try {
    let address: string | undefined;
    for (;;) {
      address = known !== undefined && printed.includes("listening")
        ? known
        : /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(printed)?.[0];
      if (address !== undefined) break;
      const next = new Promise<"more">((resolve) => notify = () => resolve("more"));
      if (await Promise.race([next, ended.then(() => "ended" as const)]) === "ended") {
        throw new Error(`the service ended: ${printed}`);
      }
    }
    await test(address, () => printed);
  } finally {
    try {
      child.kill("SIGTERM");
    } catch {
      // It has ended.
    }
    await child.status;
    await reading;
  }
}
