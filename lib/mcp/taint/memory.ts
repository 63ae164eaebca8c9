import { eachEntity } from "./entities.ts";
import { HashTable } from "./hash_table.ts";
import { eachLeaf, type Leaf } from "./leaves.ts";
import { eachPart, hashText } from "./ngrams.ts";
import { Sources, type TaintSource } from "./sources.ts";
import { foldCase } from "./visible.ts";
import { viewsOf } from "./views.ts";

/** An argument that holds data which came back earlier. */
export interface TaintMatch extends TaintSource {
  /** The argument, as `arg_path` of an intent: `$.to`; `$` for the arguments as a whole. */
  readonly path: string;
}

/** How arguments are marked. */
export interface TaintOptions {
  /**
   * `match` marks arguments that hold a distinctive part of what came back. `session` also marks every argument once
   * external data came, because a model can say the same in other words.
   */
  readonly mode?: "match" | "session";
}

/** What came back from servers in a scope, usually a session, and the arguments that hold parts of it. */
export interface TaintMemory {
  /**
   * Remember a value that came back: text, structured content, resources, prompts, links, errors, answers of the
   * client. Only hashes of it are kept.
   */
  remember(source: TaintSource, value: unknown): void;
  /**
   * The arguments of a call that hold something remembered; at most one match per argument and kind.
   *
   * @param words texts of the tool's own schema, which are no data of the caller ({@linkcode schemaWords}); without
   * them, names of members that look like identifiers are taken for such
   */
  match(args: unknown, words?: ReadonlySet<string>): TaintMatch[];
  /** Whether every argument is marked: by the mode, or because more came back than can be remembered. */
  readonly isWholeSession: boolean;
  /** Whether more came back than can be remembered. */
  readonly overflowed: boolean;
}

/** Calls with more marked arguments are marked as a whole. */
const MAX_MATCHES = 256;

/**
 * The most characters of one value that are looked at. All encodings of a text are tried, which would take seconds for
 * more, and no other call is served meanwhile.
 */
const MAX_CHARACTERS = 2 << 20;

/** Of bytes that are no text only every n-th part is kept. */
const BINARY_STEP = 64;

/**
 * Make the memory of a scope (docs/spec/mcp_protection.md 1). It takes at most 8 MiB; what doesn't fit marks every argument from then on, since
 * forgetting would let an attacker push an instruction out of memory.
 */
export function createTaintMemory({ mode = "match" }: TaintOptions = {}): TaintMemory {
  const sources = new Sources();
  let table = new HashTable();
  let overflow: TaintSource | undefined;
  let external: TaintSource | undefined;

  const add = (a: number, b: number, source: number): boolean => {
    const held = table.get(a, b);
    return table.set(a, b, held === 0 ? source : sources.merge(held, source));
  };

  const rememberLeaf = ({ text, binary }: Leaf, source: number): boolean => {
    if (binary) {
      let fits = true;
      let skipped = 0;
      eachPart(text.toLowerCase(), (a, b) => {
        if (skipped++ % BINARY_STEP === 0) fits = add(a, b, source);
        return !fits;
      });
      return fits;
    }
    for (const view of viewsOf(text)) {
      const folded = foldCase(view);
      let fits = true;
      eachPart(folded, (a, b) => !(fits = add(a, b, source)));
      if (!fits) return false;
      eachEntity(folded, { parents: false }, (entity) => {
        const [a, b] = hashText(entity);
        fits &&= add(a, b, source);
      });
      if (!fits) return false;
    }
    return true;
  };

  return {
    remember(source, value) {
      if (source.kind === "external") external ??= source;
      if (overflow) return;
      const number = sources.numberOf(source);
      let fits = true;
      const all = eachLeaf(value, (leaf) => fits &&= rememberLeaf(leaf, number), undefined, MAX_CHARACTERS);
      if (fits && all) return;
      overflow = source;
      table = new HashTable(); // nothing is looked up any more
    },

    match(args, words) {
      const everywhere = overflow
        ? [{ kind: "external", ref: overflow.ref }, { kind: "tool_output", ref: overflow.ref }] as const
        : mode === "session" && external
        ? [{ kind: "external", ref: external.ref }] as const
        : [];
      const found = new Matches();
      for (const path of everywhere.length > 0 ? argumentPaths(args) : []) found.add(path, everywhere);
      if (!overflow && table.size > 0) {
        const skip = (text: string, role: Leaf["role"]) =>
          words ? words.has(text) : role === "name" && IDENTIFIER.test(text);
        const all = eachLeaf(
          args,
          ({ path, text, role }) => found.add(path, sourcesIn(text, table, sources), role === "joined"),
          skip,
          MAX_CHARACTERS,
        );
        if (!all) found.add("$", ANY_SOURCE);
      }
      return found.list();
    },

    get isWholeSession() {
      return overflow !== undefined || (mode === "session" && external !== undefined);
    },

    get overflowed() {
      return overflow !== undefined;
    },
  };
}

/** The sources that a text holds parts of; the first one of each kind. */
function sourcesIn(text: string, table: HashTable, sources: Sources): readonly TaintSource[] {
  const found = new Map<TaintSource["kind"], TaintSource>();
  const see = (a: number, b: number): boolean => {
    const number = table.get(a, b);
    if (number !== 0) {
      for (const source of sources.get(number)) if (!found.has(source.kind)) found.set(source.kind, source);
    }
    return found.size > 1; // both kinds: nothing more can be found
  };
  for (const view of viewsOf(text)) {
    const folded = foldCase(view);
    eachPart(folded, see);
    eachEntity(folded, { parents: true }, (entity) => {
      const [a, b] = hashText(entity);
      see(a, b);
    });
  }
  return [...found.values()];
}

/** The paths of all arguments; that of the whole if there are none. */
function argumentPaths(args: unknown): string[] {
  const paths = new Set<string>();
  eachLeaf(args, ({ path }) => paths.add(path));
  paths.delete("$");
  return paths.size === 0 || paths.size > MAX_MATCHES ? ["$"] : [...paths];
}

/** Of arguments that are too long to be looked at. */
const ANY_SOURCE: readonly TaintSource[] = [
  { kind: "external", ref: "session" },
  { kind: "tool_output", ref: "session" },
];

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** Matches, one per path and kind. */
class Matches {
  readonly #found = new Map<string, TaintMatch>();
  readonly #joined: TaintMatch[] = [];

  add(path: string, sources: readonly TaintSource[], joined = false): void {
    // What doesn't fit is said of the whole.
    const at = this.#found.size + this.#joined.length < MAX_MATCHES ? path : "$";
    for (const { kind, ref } of sources) {
      const key = `${kind} ${at}`;
      if (joined && at === path) this.#joined.push({ path, kind, ref });
      else if (!this.#found.has(key)) this.#found.set(key, { path: at, kind, ref });
    }
  }

  /** Texts in a row count only where none of them is marked by itself. */
  list(): TaintMatch[] {
    const found = [...this.#found.values()];
    const own = this.#joined.filter(({ path, kind }) =>
      !found.some((one) => one.kind === kind && (one.path === path || isWithin(one.path, path)))
    );
    return [...found, ...own];
  }
}

function isWithin(path: string, folder: string): boolean {
  return path.startsWith(folder) && /[.[]/.test(path[folder.length] ?? "");
}
