import type { Target } from "../../lib/intent/types.ts";

/*
 * Where a target is, a second time: plain and slow, by other means than lib/evaluate/compare (docs/spec/gate.md 3.3.3).
 * Hosts are read by the URL parser of the platform after a check of the whole text against one grammar, paths by a
 * stack of parts. It knows the spellings that tests/support/arbitrary.ts makes, and no others.
 */

/** `undefined` for what can't be read. */
export type Readings = string[] | undefined;

const LABEL = "(?:[a-z0-9_-]|[^\\x00-\\x7f]){1,63}";
const NAME = `${LABEL}(?:[.。．｡]${LABEL})*[.。．｡]?`;
const AUTHORITY = new RegExp(`^(?:[a-z0-9.:_-]*@)?(${NAME}|\\[[0-9a-f:.]+\\])(?::\\d*)?$`, "i");

/** The hosts that a URL may lead to. */
export function slowUrlHosts(url: string): Readings {
  const parts = /^(?:(https?):)?\/\/([^/?#]*)([^?#]*)(?:\?[^#]*)?(?:#(.*))?$/i.exec(url);
  if (!parts) return undefined;
  const [, , authority, path, fragment] = parts;
  if ([path, fragment].some((part) => part && /%(?![0-9a-f][0-9a-f])/i.test(part))) return undefined;
  // deno-lint-ignore no-control-regex -- that is what is looked for
  if (/[\x00-\x1f\x7f]/.test(url.split("#")[0]!)) return undefined;
  const host = AUTHORITY.exec(authority!)?.[1];
  return host === undefined ? undefined : slowHostForms(host);
}

/** The hosts that a target of kind `host` may be. */
export function slowHosts(text: string): Readings {
  if (/^https?:\/\//i.test(text)) return slowUrlHosts(text);
  if (/[?#@\\]/.test(text)) return undefined;
  if (/^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text)) return slowHostForms(`[${text}]`);
  return slowUrlHosts(`http://${text}`);
}

function slowHostForms(host: string): Readings {
  let parsed: string;
  try {
    parsed = new URL(`http://${host}`).hostname;
  } catch {
    return undefined;
  }
  const mapped = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(parsed);
  if (mapped) {
    const number = parseInt(mapped[1]!, 16) * 0x10000 + parseInt(mapped[2]!, 16);
    return [[24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".")];
  }
  if (parsed.startsWith("[")) return [parsed.slice(1, -1)];
  if (parsed.includes("..") || parsed.startsWith(".")) return undefined;
  const plain = parsed.replace(/\.$/, "");
  // A leading zero: octal for the parser, decimal for others.
  const decimal = host.split(".").map((part) => part.replace(/^0+(?=\d)/, "")).join(".");
  if (!/(?:^|\.)0\d/.test(host) || !/^[\d.]+$/.test(plain)) return [plain];
  const [other] = slowHostForms(decimal) ?? [];
  return other === undefined || other === plain ? [plain] : [plain, other];
}

const LOOPBACK = ["localhost", "127.0.0.1", "::1", "0.0.0.0", "::"];

/** Other names of the same machine. */
export function slowAliases(hosts: readonly string[]): string[] {
  return hosts.some((host) => LOOPBACK.includes(host) || /^127\.\d+\.\d+\.\d+$/.test(host)) ? LOOPBACK : [];
}

/** What a target says about hosts; `undefined` when nothing. */
export function slowDomain(
  target: Target,
): { hosts: Readings; lies: boolean; claimedOnly?: boolean } | undefined {
  const { kind, value, endpointDomain } = target;
  const claimed = endpointDomain === "" ? undefined : slowHosts(endpointDomain);
  if (
    kind !== "url" && kind !== "host" && !/^https?:/i.test(value) &&
    !(kind !== "path" && /^\/\/[^/]/.test(value))
  ) {
    return endpointDomain === "" ? undefined : { hosts: claimed, lies: false, claimedOnly: true };
  }
  const hosts = kind === "host" ? slowHosts(value) : slowUrlHosts(value);
  // What parsing puts there when nothing is claimed (2.3, step 4).
  const cut = value.replace(/^http:\/\//, "").replace(/^https:\/\//, "").split("/")[0]!.split(":")[0]!.trim();
  const isClaim = endpointDomain !== "" && !(kind === "host" && endpointDomain === cut.toLowerCase());
  const lies = hosts !== undefined && isClaim && hosts.join() !== claimed?.join();
  return { hosts: lies && hosts ? [...hosts, ...claimed ?? []] : hosts, lies };
}

/** The paths that a text may mean, and more for deny lists. */
export function slowPaths(
  value: string,
  workspace: string,
): { all: Readings; denied: string[] } {
  const spellings: string[] = [];
  let text = value;
  for (let round = 0; round < 5; round++) {
    if (text.includes("\0")) return { all: undefined, denied: [] };
    if (round === 4) return { all: undefined, denied: [] };
    spellings.push(text, text.split("\\").join("/"));
    let next: string;
    try {
      next = text.split(/((?:%[0-9a-f]{2})+)/i).map((part, i) => i % 2 ? decodeURIComponent(part) : part)
        .join("");
    } catch {
      return { all: undefined, denied: [] };
    }
    if (next === text) break;
    text = next;
  }
  const all = [...new Set(spellings.map(slowClean))];
  if (all.includes("\0")) return { all: undefined, denied: [] };
  const denied = all.flatMap((path) => {
    if (/^(?:\/|~|[A-Za-z]:)/.test(path)) return [];
    const rooted = slowClean(`${workspace}/${path}`);
    return /^\.\.(?:\/|$)/.test(path) ? [rooted, slowClean(`/${path}`)] : [rooted];
  });
  denied.push(...[value, ...all, ...denied].flatMap(slowOwnNames));
  return { all, denied: value.includes("..") ? [value, ...denied] : denied };
}

/** Whether some program may take a target of another kind for a path. */
export function isPathToSome({ kind, value }: Target): boolean {
  if (["path", "host", "other"].includes(kind)) return false;
  const [first = "", second = "", third = ""] = value.replaceAll("\\", "/");
  if (first === "/") return second !== "/";
  return first === "~" || first === "$" || (/[A-Za-z]/.test(first) && second === ":") ||
    (first === "." && (second === "/" || (second === "." && third === "/")));
}

/**
 * The own name of a file below the root of a process, in the private folder of macOS, or of a drive that is shown as a folder.
 */
function slowOwnNames(path: string): string[] {
  const own = slowOwnName(path);
  return own === undefined ? [] : [own, ...slowOwnNames(own)];
}

function slowOwnName(path: string): string | undefined {
  if (!/^[/\\]/.test(path)) return undefined;
  const parts = path.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  while (parts[0] === "..") parts.shift();
  const [first = "", second = "", third] = parts;
  const below = (level: number) => slowClean(`/${parts.slice(level).join("/")}`);
  if (first === "proc" && /^(?:self|[0-9]+)$/.test(second) && third === "root") return below(3);
  if (/^[A-Za-z]$/.test(first) && !/^[/\\]{2}|\.\./.test(path)) return slowClean(`${first}:${below(1)}`);
  return first === "private" && second === "etc" ? below(1) : undefined;
}

/** A path without `.`, `..` and empty parts; a NUL when it climbs out of a home folder. */
export function slowClean(path: string): string {
  if (path.startsWith("~")) {
    const [home, ...rest] = path.split("/");
    const below = slowClean(rest.join("/"));
    return below === "." ? home! : below.startsWith("..") ? "\0" : `${home}/${below}`;
  }
  const stack: string[] = [];
  const rooted = path.startsWith("/");
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") stack.push(part);
    else if (stack.length > 0 && stack.at(-1) !== "..") stack.pop();
    else if (!rooted) stack.push("..");
  }
  return rooted ? "/" + stack.join("/") : stack.join("/") || ".";
}
