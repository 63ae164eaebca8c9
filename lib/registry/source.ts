import { type InstallError, untrusted } from "./failure.ts";

/** Where a manifest comes from. */
export type Source =
  | { readonly kind: "file"; readonly path: string; readonly shown: string }
  | { readonly kind: "remote"; readonly url: URL; readonly shown: string };

/** Which addresses may be asked. */
export interface AddressRules {
  /** Host names, in lower case. */
  readonly hosts: readonly string[];
  readonly allowHttp: boolean;
}

/**
 * What a text names: an address when it begins with `http://` or `https://`, else a file. What is shown of an address is
 * without its query, which may hold a secret.
 *
 * @throws {InstallError} when it is no address, or one that holds a user or password
 */
export function parseSource(text: string): Source {
  if (!/^https?:\/\//i.test(text)) {
    // Any other address is no file either, and what stands in it must not be shown as the path of one.
    if (/^(?:https?:|[a-z][a-z0-9+.-]{1,30}:\/\/)/i.test(text)) {
      throw untrusted(
        "scheme_not_allowed",
        "The source is no address that can be fetched",
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
 * Check an address before anything is sent to it: the one that was given, and each that a redirect names.
 *
 * @throws {InstallError}
 */
export function checkAddress(url: URL, { hosts, allowHttp }: AddressRules): void {
  refuseCredentials(url);
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== "https" && scheme !== "http") {
    throw untrusted("scheme_not_allowed", `Cannot fetch over "${scheme}"`, "Use an https address");
  }
  if (scheme === "http" && !allowHttp) {
    throw untrusted(
      "scheme_not_allowed",
      "Cannot fetch over http: anybody on the way could change or read it",
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
      `Cannot fetch from "${host}": it is not among the allowed hosts`,
      `Use an address of ${hosts.join(", ")}, or add --allow-host ${host} if you trust it`,
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

/** A user or password in an address would be sent along, and stand in outputs and logs. */
function refuseCredentials(url: URL): void {
  if (url.username === "" && url.password === "") return;
  throw untrusted(
    "credentials_in_address",
    `Cannot use an address of "${hostOf(url)}" that holds a user or password`,
    "Download the file with a program that you log in with, then install the file",
  ) satisfies InstallError;
}
