import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import { trim } from "../formats/text.ts";

/*
 * Finds what the arguments of a tool name, by the names of the arguments (docs/spec/mcp.md 10.5). Nobody says which
 * arguments of a server's tool are paths, and lists of paths and hosts apply to targets alone: a call whose `repo_path`,
 * `files[0].path` or `path: ["/etc/shadow"]` were passed over would be held to no list. A target only adds to what a
 * policy looks at.
 */

/** A target that an argument names. */
export interface ArgumentTarget {
  readonly kind: "path" | "url" | "host";
  readonly value: string;
}

/** Last words of names: `path`, `repo_path`, `outputPath`. */
const LAST_WORDS: ReadonlyMap<string, ArgumentTarget["kind"]> = new Map([
  ...words("path file filepath filename directory dir folder cwd workdir").map((word) =>
    [word, "path"] as const
  ),
  ...words("paths files filepaths filenames directories dirs folders").map((word) => [word, "path"] as const),
  ...words("url uri endpoint href urls uris endpoints hrefs").map((word) => [word, "url"] as const),
  ...words("host hostname hosts hostnames").map((word) => [word, "host"] as const),
]);

/** Names that mean something else within others: `data_source`. */
const WHOLE_NAMES: ReadonlySet<string> = new Set(words("source destination src dst"));

/** The targets that arguments name, in their order, at any depth. */
export function argumentTargets(args: JsonObject): ArgumentTarget[] {
  const found: ArgumentTarget[] = [];
  // Without recursion: the depth of the arguments is up to whoever calls.
  const open: { readonly kind: ArgumentTarget["kind"] | undefined; readonly value: JsonValue }[] = [];
  open.push({ kind: undefined, value: args });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { kind, value } = next;
    if (typeof value === "string") {
      if (kind !== undefined && trim(value) !== "") found.push(addressed(kind, value));
    } else if (Array.isArray(value)) {
      for (let i = value.length - 1; i >= 0; i--) open.push({ kind, value: value[i]! });
    } else if (typeof value === "object" && value !== null) {
      const names = Object.keys(value);
      for (let i = names.length - 1; i >= 0; i--) {
        open.push({ kind: kindOf(names[i]!), value: value[names[i]!]! });
      }
    }
  }
  return found;
}

/** A path or an address by how it is written; `file:` addresses are paths. */
export function addressed(kind: ArgumentTarget["kind"], value: string): ArgumentTarget {
  if (kind === "host") return { kind, value };
  if (!/^file:/i.test(value)) {
    return { kind: /^[a-z][a-z0-9+.-]{1,31}:\/\//i.test(value) ? "url" : kind, value };
  }
  try {
    const url = new URL(value);
    if (url.host === "") return { kind: "path", value: decodeURIComponent(url.pathname) };
  } catch {
    // What is no address is looked at as it is written.
  }
  return { kind: "url", value };
}

/** Names that were asked about before: an agent calls the same few tools. */
const known = new Map<string, ArgumentTarget["kind"] | undefined>();
const KEPT = 256;
const MAX_NAME = 64;

function kindOf(name: string): ArgumentTarget["kind"] | undefined {
  if (name.length > MAX_NAME) return undefined;
  const held = known.get(name);
  if (held !== undefined || known.has(name)) return held;
  const folded = name.toLowerCase();
  const last = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase().split(/[^a-z]+/).findLast((word) =>
    word !== ""
  );
  const kind = WHOLE_NAMES.has(folded) ? "path" : LAST_WORDS.get(folded) ?? LAST_WORDS.get(last ?? "");
  if (known.size < KEPT) known.set(name, kind);
  return kind;
}

function words(text: string): string[] {
  return text.split(" ");
}
