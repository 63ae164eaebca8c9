import { GaitError } from "../../../errors/mod.ts";
import { isJsonObject, type JsonObject } from "../../../formats/json/mod.ts";
import { lower } from "../../../formats/text.ts";
import type { Descriptor, Pins, PinState } from "../hooks.ts";

/** What the list of tools says about a name. */
export type Listed =
  | { readonly kind: "found"; readonly descriptor: Descriptor; readonly pin: PinState | undefined }
  /** Two tools have this name, when case does not count as it does not in a policy. */
  | { readonly kind: "collision" }
  | { readonly kind: "unknown" }
  /** The server did not list its tools. */
  | { readonly kind: "unlisted"; readonly problem: string };

/** Asks the server for one page of its tools. */
export type ListPage = (params: JsonObject) => Promise<JsonObject>;

/** The tools of a server, as it lists them. */
export interface Catalog {
  /** Whether no question to the server is needed to find most tools. */
  readonly isFresh: () => boolean;
  /** Look a tool up; the server is asked again when its list changed, or does not have the tool. */
  find(name: string): Promise<Listed>;
  /** The list changed. */
  invalidate(): void;
}

/** How a catalog is kept. */
export interface CatalogOptions {
  readonly pins: Pins | undefined;
  readonly now: () => number;
  /** Nobody says when the list changes, so it is asked for again when its time is over. */
  readonly expires: boolean;
}

/** How long a list counts whose server does not say it, in milliseconds; and the longest that one may say. */
const TTL = 60_000;

/** The most pages and tools of a list: whoever sends more never ends. */
const MAX_PAGES = 1_000;
const MAX_TOOLS = 10_000;

/** Names that every implementation understands alike. */
const NAME = /^[A-Za-z0-9_.-]{1,128}$/;

/** Whether a policy can name a tool. */
export function isToolName(name: string): boolean {
  return NAME.test(name);
}

interface Snapshot {
  /** By folded name; several for a collision. */
  readonly tools: ReadonlyMap<string, readonly Descriptor[]>;
  readonly pins: ReadonlyMap<string, PinState> | undefined;
  /** What can't be used of it. */
  readonly problem?: string;
}

/**
 * Keep the list of tools of a server. All pages are asked for, because a second tool of the same name could stand on
 * any of them (docs/spec/mcp.md 10.4).
 */
export function makeCatalog(
  list: ListPage,
  { pins, now, expires }: CatalogOptions,
): Catalog {
  let known: Promise<Snapshot> | undefined;
  let valid = false;
  let validUntil = Infinity;

  async function load(): Promise<Snapshot> {
    try {
      const { descriptors, ttl } = await listAll(list);
      if (expires) validUntil = now() + ttl;
      const tools = new Map<string, Descriptor[]>();
      for (const descriptor of descriptors) {
        const folded = fold(descriptor.name);
        const same = tools.get(folded);
        if (same) same.push(descriptor);
        else tools.set(folded, [descriptor]);
      }
      return { tools, pins: await pins?.check(descriptors) };
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      return { tools: new Map(), pins: undefined, problem: error.message };
    }
  }

  /** One question serves all calls that wait for it. */
  async function current(): Promise<Snapshot> {
    if (now() >= validUntil) valid = false;
    while (known === undefined || !valid) {
      valid = true;
      validUntil = Infinity;
      known = load();
      await known; // and once more, when the list changed meanwhile
    }
    return await known;
  }

  function findIn({ tools, pins: states, problem }: Snapshot, name: string): Listed {
    const same = tools.get(fold(name)) ?? [];
    if (same.length > 1) return { kind: "collision" };
    const [descriptor] = same;
    if (descriptor?.name === name) return { kind: "found", descriptor, pin: states?.get(name) };
    return problem === undefined ? { kind: "unknown" } : { kind: "unlisted", problem };
  }

  const isFresh = () => known !== undefined && valid && now() < validUntil;
  return {
    isFresh,
    async find(name) {
      const before = isFresh();
      const found = findIn(await current(), name);
      if (!before || found.kind === "found" || found.kind === "collision") return found;
      valid = false;
      return findIn(await current(), name);
    },
    invalidate() {
      valid = false;
    },
  };
}

/** The form in which a policy compares names. */
function fold(name: string): string {
  return lower(name);
}

async function listAll(
  list: ListPage,
): Promise<{ readonly descriptors: readonly Descriptor[]; readonly ttl: number }> {
  let ttl = TTL;
  const descriptors: Descriptor[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { tools, nextCursor, ttlMs } = await list(cursor === undefined ? {} : { cursor });
    if (typeof ttlMs === "number" && ttlMs >= 0) ttl = Math.min(ttl, ttlMs);
    if (!Array.isArray(tools)) throw unusable("it lists no tools");
    for (const tool of tools) {
      if (!isJsonObject(tool) || typeof tool["name"] !== "string") throw unusable("a tool has no name");
      descriptors.push(tool as Descriptor);
    }
    if (descriptors.length > MAX_TOOLS) throw unusable(`it lists more than ${MAX_TOOLS} tools`);
    if (nextCursor === undefined || nextCursor === null) return { descriptors, ttl };
    if (typeof nextCursor !== "string" || cursors.has(nextCursor)) throw unusable("its pages go in a circle");
    cursors.add(nextCursor);
    cursor = nextCursor;
  }
  throw unusable(`its list has more than ${MAX_PAGES} pages`);
}

function unusable(reason: string): GaitError {
  return new GaitError("policy_blocked", `Cannot use the list of tools: ${reason}`);
}
