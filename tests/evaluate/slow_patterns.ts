import { slowClean, slowHosts, slowUrlHosts } from "./slow_places.ts";

/** Whether a pattern fits a cleaned path, as docs/spec/gate.md 3.3.3 words it. */
export function slowPathMatch(pattern: string, path: string, isDeny: boolean): boolean {
  const folder = pattern.endsWith("/**")
    ? slowClean(pattern.slice(0, -2))
    : isDeny && pattern.length > 1 && pattern.endsWith("/")
    ? slowClean(pattern)
    : undefined;
  const cleaned = folder === undefined ? slowClean(pattern) : folder === "/" ? "/**" : `${folder}/**`;
  const fits = (pattern: string, folder: string | undefined, path: string) =>
    pattern === path || isBelow(folder, path) || slowGlob(pattern, path);
  if (!isDeny) {
    return upwards(path) === upwards(cleaned) && (!path.startsWith("~") || cleaned.startsWith("~")) &&
      fits(cleaned, folder, path);
  }
  if (path.startsWith("~") && cleaned.split("/")[0] !== path.split("/")[0]) return true;
  return fits(cleaned, folder, path) || fits(cleaned, folder, path.toLowerCase()) ||
    fits(cleaned.toLowerCase(), folder?.toLowerCase(), path.toLowerCase());
}

function isBelow(folder: string | undefined, path: string): boolean {
  if (folder === undefined) return false;
  if (folder === ".") return !/^(?:\/|\.\.|~|[A-Za-z]:)/.test(path);
  return `${path}/`.startsWith(folder === "/" ? "/" : `${folder}/`);
}

/** How many parts lead up at the start of a path. */
function upwards(path: string): number {
  const parts = path.split("/");
  const down = parts.findIndex((part) => part !== "..");
  return down < 0 ? parts.length : down;
}

/** Whether a pattern fits a host in normal form, as docs/spec/gate.md 3.3.3 words it. */
export function slowDomainMatch(pattern: string, host: string, isDeny: boolean): boolean {
  const alone = /[:/@]/.test(pattern) && !/^\[?[0-9a-f:.]+\]?$/.test(pattern)
    ? undefined
    : slowHosts(pattern);
  const named = isDeny ? alone ?? slowHosts(pattern) : alone?.slice(0, 1);
  if (named) return named.includes(host);
  if (pattern.startsWith("*.")) {
    const [parent] = slowUrlHosts(`http://${pattern.slice(2)}/`) ?? [];
    if (parent !== undefined) return host.endsWith(`.${parent}`);
  }
  return slowGlob(pattern.toLowerCase().replace(/\.$/, ""), host);
}

/** A glob by trying everything; exponential, for short texts. */
export function slowGlob(pattern: string, value: string): boolean {
  return wellFormed([...pattern]) && glob([...pattern], [...value]);
}

function glob(pattern: string[], value: string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return value.length === 0;
  if (first === "*") {
    if (glob(rest, value)) return true;
    return value.length > 0 && value[0] !== "/" && glob(pattern, value.slice(1));
  }
  if (value.length === 0) return false;
  const [char, ...others] = value as [string, ...string[]];
  if (first === "?") return char !== "/" && glob(rest, others);
  if (first === "\\") return rest[0] === char && glob(rest.slice(1), others);
  if (first === "[") {
    const { inside, after } = readClass(rest, char)!;
    return inside && glob(after, others);
  }
  return first === char && glob(rest, others);
}

function wellFormed(pattern: string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return true;
  if (first === "\\") return rest.length > 0 && wellFormed(rest.slice(1));
  if (first === "[") {
    const read = readClass(rest, "");
    return read !== undefined && wellFormed(read.after);
  }
  return wellFormed(rest);
}

function readClass(pattern: string[], char: string): { inside: boolean; after: string[] } | undefined {
  const queue = [...pattern];
  const negated = queue[0] === "^";
  if (negated) queue.shift();
  let inside = false;
  for (let count = 0;; count++) {
    if (count > 0 && queue[0] === "]") return { inside: inside !== negated, after: queue.slice(1) };
    const low = nextMember(queue);
    if (low === undefined) return undefined;
    let high: string | undefined = low;
    if (queue[0] === "-") {
      queue.shift();
      high = nextMember(queue);
      if (high === undefined) return undefined;
    }
    const code = char.codePointAt(0) ?? -1;
    if (low.codePointAt(0)! <= code && code <= high.codePointAt(0)!) inside = true;
  }
}

function nextMember(queue: string[]): string | undefined {
  const char = queue.shift();
  if (char === "-" || char === "]") return undefined;
  return char === "\\" ? queue.shift() : char;
}
