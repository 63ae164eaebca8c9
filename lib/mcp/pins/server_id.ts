import { invalidInput } from "../../errors/mod.ts";
import { type Digest, digestOf } from "../../signing/mod.ts";

/** How a server is reached: pins belong to the whole command line, or to the address. */
export type ServerOrigin =
  | { readonly command: readonly string[] }
  | { readonly address: string };

/** A server that descriptors are pinned for. */
export interface PinnedServer {
  /** Digest of how it is reached. Another version or option is another server. */
  readonly id: Digest;
  /** What it is shown as: the name of the user's choice. */
  readonly name: string;
  /** The program, or the address. Options and queries may hold secrets, so they are only in the id. */
  readonly origin: string;
}

/**
 * Identify a server.
 *
 * @throws {GaitError} `invalid_input` when there is no command, or the address is no URL
 */
export async function identifyServer(name: string, origin: ServerOrigin): Promise<PinnedServer> {
  if ("command" in origin) {
    const [program] = origin.command;
    if (program === undefined) throw invalidInput("Cannot identify the server: its command is empty");
    return { id: await digestOf({ command: [...origin.command] }), name, origin: program };
  }
  let url: URL;
  try {
    url = new URL(origin.address);
  } catch {
    throw invalidInput(`Cannot identify the server: "${origin.address}" is no address`, {
      hint: "Give a URL, such as http://127.0.0.1:3000/mcp",
    });
  }
  const shown = `${url.origin}${url.pathname}`;
  return { id: await digestOf({ address: shown + url.search }), name, origin: shown };
}
