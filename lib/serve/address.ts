import { invalidInput } from "../errors/mod.ts";

/** Where a server listens. */
export interface ListenAddress {
  /** Without brackets. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/**
 * Read `host:port`; brackets around an address of IPv6. An empty port is 0.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readListenAddress(given: string): ListenAddress {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]*)):([0-9]{0,5})$/.exec(given);
  const port = Number(match?.[3] || "0");
  if (!match || port > 65_535) {
    throw invalidInput(`Cannot listen on "${given}": expected host:port`, {
      hint: "For example: 127.0.0.1:8787, [::1]:8787, or 127.0.0.1:0 for a free port",
    });
  }
  return { host: match[1] ?? match[2] ?? "", port };
}

/** An address as URLs write it. */
export function writeAddress({ host, port }: ListenAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/**
 * Whether only this machine can reach a host: `localhost`, or an address of the loopback range. Any other name could lead
 * anywhere, whatever it leads to today.
 */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === "localhost") return true;
  const four = name.startsWith("::ffff:") ? name.slice(7) : name;
  if (/^127(?:\.[0-9]{1,3}){3}$/.test(four)) return four.split(".").every((part) => Number(part) < 256);
  return name === "::1" || name === "0:0:0:0:0:0:0:1";
}

/** The host of a `Host` header, without its port and without brackets; `undefined` when it is malformed. */
export function hostOfHeader(given: string): string | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::[0-9]{0,5})?$/.exec(given);
  return match?.[1] ?? match?.[2];
}
