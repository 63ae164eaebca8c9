import { GaitError } from "../../../errors/mod.ts";
import { isJsonObject, type JsonObject } from "../../../formats/json/mod.ts";
import { lower } from "../../../formats/text.ts";
import type { PinState, RecordedListing } from "../../pins/server_pins.ts";
import type { GatewayHooks } from "../hooks.ts";

/** A tool or a prompt as the server describes it. */
export type Descriptor = JsonObject & { readonly name: string };

/** What a server lists: the method, and the member of its result. */
const LISTS = { tool: "tools", prompt: "prompts" } as const;
export type ListedKind = keyof typeof LISTS;

/** What a list of the server says about a name. */
export type Listed =
  | { readonly kind: "found"; readonly descriptor: Descriptor; readonly pin: PinState | undefined }
  /** Two have this name, when case does not count as it does not in a policy. */
  | { readonly kind: "collision" }
  | { readonly kind: "unknown" }
  /** The server did not list them. */
  | { readonly kind: "unlisted"; readonly problem: string };

/** Asks the server for one page. */
export type ListPage = (method: string, params: JsonObject) => Promise<JsonObject>;

/** The tools or prompts of a server, as it lists them. */
export interface Catalog {
  /** Whether no question to the server is needed to find most names. */
  readonly isFresh: () => boolean;
  /** Look a name up; the server is asked again when its list changed, or does not have the name. */
  find(name: string): Promise<Listed>;
  /** The list changed. */
  invalidate(): void;
}

/** How a catalog is kept. */
export interface CatalogOptions {
  readonly kind: ListedKind;
  readonly pins: GatewayHooks["pins"];
  readonly now: () => number;
  /** Nobody says when the list changes, so it is asked for again when its time is over. */
  readonly expires: boolean;
}

/** How long a list counts whose server does not say it, in milliseconds; and the longest that one may say. */
const TTL = 60_000;

/** The most pages and items of a list: whoever sends more never ends. */
const MAX_PAGES = 1_000;
const MAX_ITEMS = 10_000;

/** The most characters of a list as JSON: all its pages together may have as many as one. */
const MAX_LIST_SIZE = 10 * 1024 * 1024;

/** How often a list that changes meanwhile is asked for again for one call. */
const MAX_LOADS = 4;

/** Names that every implementation understands alike. */
const NAME = /^[A-Za-z0-9_.-]{1,128}$/;

/** Whether a policy can name a tool. */
export function isToolName(name: string): boolean {
  return NAME.test(name);
}

interface Snapshot {
  /** By folded name; several for a collision. */
  readonly items: ReadonlyMap<string, readonly Descriptor[]>;
  /** What is pinned of this very list. */
  readonly pins?: RecordedListing | undefined;
  /** What can't be used of it. */
  readonly problem?: string;
}

/**
 * Keep what a server lists. All pages are asked for, because a second one of the same name could stand on
 * any of them (docs/spec/mcp.md 10.4).
 */
export function makeCatalog(
  list: ListPage,
  { kind, pins, now, expires }: CatalogOptions,
): Catalog {
  let known: Promise<Snapshot> | undefined;
  let valid = false;
  let validUntil = Infinity;

  async function load(): Promise<Snapshot> {
    try {
      const { descriptors, ttl } = await listAll(list, LISTS[kind]);
      if (expires) validUntil = now() + ttl;
      const items = new Map<string, Descriptor[]>();
      for (const descriptor of descriptors) {
        const folded = fold(descriptor.name);
        const same = items.get(folded);
        if (same) same.push(descriptor);
        else items.set(folded, [descriptor]);
      }
      return { items, pins: await pins?.record(kind, descriptors) };
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      return { items: new Map(), problem: error.message };
    }
  }

  /** One question serves all calls that wait for it. */
  async function current(): Promise<Snapshot> {
    if (now() >= validUntil) valid = false;
    for (let loads = 0; known === undefined || !valid; loads++) {
      if (loads === MAX_LOADS) return { items: new Map(), problem: "its list changes whenever it is listed" };
      valid = true;
      validUntil = Infinity;
      known = load();
      await known; // and once more, when the list changed meanwhile
    }
    return await known;
  }

  async function findIn({ items, pins, problem }: Snapshot, name: string): Promise<Listed> {
    const same = items.get(fold(name)) ?? [];
    if (same.length > 1) return { kind: "collision" };
    const [descriptor] = same;
    if (descriptor?.name === name) {
      return { kind: "found", descriptor, pin: await pins?.stateOf(name) };
    }
    return problem === undefined ? { kind: "unknown" } : { kind: "unlisted", problem };
  }

  const isFresh = () => known !== undefined && valid && now() < validUntil;
  return {
    isFresh,
    async find(name) {
      const before = isFresh();
      const found = await findIn(await current(), name);
      if (!before || found.kind === "found" || found.kind === "collision") return found;
      valid = false;
      return await findIn(await current(), name);
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
  member: string,
): Promise<{ readonly descriptors: readonly Descriptor[]; readonly ttl: number }> {
  let ttl = TTL;
  const descriptors: Descriptor[] = [];
  const cursors = new Set<string>();
  let size = 0;
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const result = await list(`${member}/list`, cursor === undefined ? {} : { cursor });
    const { [member]: items, nextCursor, ttlMs } = result;
    if (typeof ttlMs === "number" && ttlMs >= 0) ttl = Math.min(ttl, ttlMs);
    if (!Array.isArray(items)) throw unusable(`it has no ${member}`);
    size += JSON.stringify(items).length;
    if (size > MAX_LIST_SIZE) throw unusable(`it is longer than ${MAX_LIST_SIZE} characters`);
    for (const item of items) {
      if (!isJsonObject(item) || typeof item["name"] !== "string") throw unusable("an item has no name");
      descriptors.push(item as Descriptor);
    }
    if (descriptors.length > MAX_ITEMS) throw unusable(`it has more than ${MAX_ITEMS} items`);
    if (nextCursor === undefined || nextCursor === null) return { descriptors, ttl };
    if (typeof nextCursor !== "string" || cursors.has(nextCursor)) throw unusable("its pages go in a circle");
    cursors.add(nextCursor);
    cursor = nextCursor;
  }
  throw unusable(`its list has more than ${MAX_PAGES} pages`);
}

function unusable(reason: string): GaitError {
  return new GaitError("policy_blocked", `Cannot use the list of the server: ${reason}`);
}
