import { invalidInput } from "../errors/mod.ts";

/** The address that a server listens on. */
export interface ListenAddress {
  /** Without the brackets of IPv6. */
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
}

/**
 * Read `host:port`, with brackets around an IPv6 address. An empty port means 0.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readListenAddress(given: string): ListenAddress {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]*)):([0-9]{0,5})$/.exec(given);
  const port = Number(match?.[3] || "0");
  if (!match || port > 65_535) {
    throw invalidInput(`Cannot listen on "${given}": expected host:port`, {
      hint: hintFor(given),
    });
  }
  return { host: match[1] ?? match[2] ?? "", port };
}

function hintFor(given: string): string {
  const port = given.slice(given.lastIndexOf(":") + 1);
  if (/^[0-9]{1,5}$/.test(given) && Number(given) <= 65_535) return `Write 127.0.0.1:${given}`;
  if (port !== given && Number(port) > 65_535) {
    return "A port is at most 65535; 127.0.0.1:0 takes any free one";
  }
  return "For example: 127.0.0.1:8787, [::1]:8787, or 127.0.0.1:0 for a free port";
}

/** Format an address as in a URL. */
export function writeAddress({ host, port }: ListenAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/**
 * Whether only this machine can reach a host: `localhost`, or a loopback address. Any other name could resolve to a
 * different address at any time.
 */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === "localhost") return true;
  const four = name.startsWith("::ffff:") ? name.slice(7) : name;
  if (/^127(?:\.[0-9]{1,3}){3}$/.test(four)) return four.split(".").every((part) => Number(part) < 256);
  return name === "::1" || name === "0:0:0:0:0:0:0:1";
}

/** The host of a `Host` header, without port and brackets; `undefined` when it is malformed. */
export function hostOfHeader(given: string): string | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::[0-9]{0,5})?$/.exec(given);
  return match?.[1] ?? match?.[2];
}
