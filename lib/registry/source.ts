import { type InstallError, untrusted } from "./failure.ts";

/** Where a manifest comes from. */
export type Source =
  | { readonly kind: "file"; readonly path: string; readonly shown: string }
  | { readonly kind: "remote"; readonly url: URL; readonly shown: string };

/** Which addresses may be fetched. */
export interface AddressOptions {
  /** Host names, in lower case. */
  readonly hosts: readonly string[];
  readonly allowHttp: boolean;
}

/**
 * Parse a source: a URL if it begins with `http://` or `https://`, otherwise a file path. A URL is shown without its
 * query, which may contain a secret.
 *
 * @throws {InstallError} if the URL is malformed or contains a user or password
 */
export function parseSource(text: string): Source {
  if (!/^https?:\/\//i.test(text)) {
    // Any other URL scheme is not a file path, and must not be shown as one: the URL may contain a secret.
    if (/^(?:https?:|[a-z][a-z0-9+.-]{1,30}:\/\/)/i.test(text)) {
      throw untrusted(
        "scheme_not_allowed",
        "The source has an unsupported URL scheme",
        "Use an https address",
      );
    }
    return { kind: "file", path: text, shown: text };
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw untrusted("bad_address", "Cannot read the address of the source", "Give it as https://host/path");
  }
  refuseCredentials(url);
  return { kind: "remote", url, shown: text.split(/[?#]/, 1)[0]! };
}

/**
 * Check an address before anything is sent to it: the given one, and the target of each redirect.
 *
 * @throws {InstallError}
 */
export function checkAddress(url: URL, { hosts, allowHttp }: AddressOptions): void {
  refuseCredentials(url);
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== "https" && scheme !== "http") {
    throw untrusted("scheme_not_allowed", `Cannot fetch over "${scheme}"`, "Use an https address");
  }
  if (scheme === "http" && !allowHttp) {
    throw untrusted(
      "scheme_not_allowed",
      "Cannot fetch over http: anyone on the network path could read or change it",
      "Use an https address, or allow it with --allow-insecure-http",
    );
  }
  const host = hostOf(url);
  if (host === "") {
    throw untrusted("bad_address", "The address names no host", "Give it as https://host/path");
  }
  if (hosts.length === 0) {
    throw untrusted(
      "host_not_allowed",
      `Cannot fetch from "${host}": no host is allowed`,
      `Allow it: --allow-host ${host}`,
    );
  }
  if (!hosts.some((allowed) => bare(allowed) === host)) {
    throw untrusted(
      "host_not_allowed",
      `Cannot fetch from "${host}": it is not an allowed host`,
      `Use an address on ${hosts.join(", ")}, or add --allow-host ${host} if you trust it`,
    );
  }
}

/** The host of an address without port and brackets. */
export function hostOf(url: URL): string {
  return bare(url.hostname.toLowerCase());
}

function bare(host: string): string {
  return host.replace(/^\[/, "").replace(/\]$/, "");
}

/** A user or password in a URL would be sent to the server, and would appear in outputs and logs. */
function refuseCredentials(url: URL): void {
  if (url.username === "" && url.password === "") return;
  throw untrusted(
    "credentials_in_address",
    `Cannot use an address of "${hostOf(url)}" that contains a user or password`,
    "Download the file with a client that can authenticate, then install the file",
  ) satisfies InstallError;
}
