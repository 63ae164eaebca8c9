import { trimLower } from "../formats/text.ts";
import { urlHost } from "./url_host.ts";

/** The domain that a target leads to, when it does not say; empty when there is none (docs/spec/gate.md 2.3). */
export function inferEndpointDomain(kind: string, value: string): string {
  if (kind === "url") return trimLower(urlHost(value));
  if (kind !== "host") return "";
  const rest = withoutPrefix(withoutPrefix(value, "http://"), "https://");
  return trimLower(upTo(upTo(rest, "/"), ":"));
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

function upTo(text: string, end: string): string {
  const at = text.indexOf(end);
  return at < 0 ? text : text.slice(0, at);
}
