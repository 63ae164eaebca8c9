/** What a target has that is more than the names of folders and of a file. */
const SPECIAL = /[^A-Za-z0-9_/-]|\/\/|\/$/;

/** The path of a request. */
export type RequestPath =
  | { readonly kind: "path"; readonly path: string }
  /** The path is not clean; `location` is the clean equivalent. */
  | { readonly kind: "moved"; readonly location: string }
  | { readonly kind: "malformed" };

/**
 * Read the path of a request target, with percent-escapes decoded; the query is ignored. A path with `//`, `/./` or
 * `/../` is redirected to the clean path, keeping the method. A target that names a host is malformed, because that
 * host could differ from `Host`.
 */
export function readRequestPath(target: string): RequestPath {
  if (!target.startsWith("/")) return { kind: "malformed" };
  // Most targets are those of a route, in which there is nothing to decode or to clean.
  if (!SPECIAL.test(target)) return { kind: "path", path: target };
  const question = target.indexOf("?");
  const [raw, query] = question < 0 ? [target, ""] : [target.slice(0, question), target.slice(question)];
  const parts: string[] = [];
  for (const part of raw.slice(1).split("/")) {
    try {
      parts.push(decodeURIComponent(part));
    } catch {
      return { kind: "malformed" };
    }
  }
  const clean: string[] = [];
  for (const part of parts) {
    if (part === "..") clean.pop();
    else if (part !== "." && part !== "") clean.push(part);
  }
  const last = parts.at(-1);
  if ((last === "" || last === "." || last === "..") && clean.length > 0) clean.push("");
  if (clean.length === 0) clean.push("");
  // Compared part by part, because an escaped slash is not a separator.
  if (clean.length !== parts.length || clean.some((part, i) => part !== parts[i])) {
    return { kind: "moved", location: `/${clean.map(encodeURIComponent).join("/")}${query}` };
  }
  return { kind: "path", path: `/${parts.map((part) => part.replaceAll("/", "%2F")).join("/")}` };
}
