import { compareBytewise, concat, utf8 } from "../formats/bytes.ts";
import { lower, trim } from "../formats/text.ts";
import { sha256 } from "../signing/mod.ts";
import type { Found } from "./find/found.ts";

/** The risk of a tool, estimated from its name. */
export type Risk = "critical" | "high" | "medium" | "low";

/** One tool or MCP server of an inventory (docs/spec/scout.md section 1). */
export interface Item {
  readonly id: string;
  readonly kind: "tool" | "mcp_server";
  readonly name: string;
  /** Path of the file. */
  readonly locator: string;
  readonly risk: Risk;
  readonly tags: readonly string[];
  /** Line of the declaration in that file. */
  readonly line?: number;
}

/**
 * A name as part of an id: lower-case letters, digits and `_`.
 *
 * @returns 16 hex digits of the hash of `original` if nothing is left of the name
 */
export async function normalizeName(name: string, original = name): Promise<string> {
  const lowered = lower(trim(name));
  let normal = "";
  for (const char of lowered) normal += /[a-z0-9]/.test(char) ? char : "_";
  let [start, end] = [0, normal.length];
  while (start < end && normal[start] === "_") start++;
  while (end > start && normal[end - 1] === "_") end--;
  return start < end ? normal.slice(start, end) : (await sha256(utf8(original))).slice(0, 16);
}

const WORDS: readonly (readonly [Risk, readonly string[]])[] = [
  ["critical", ["delete", "drop", "destroy", "wire", "payment", "transfer"]],
  ["high", ["write", "update", "export", "send", "email", "remove", "overwrite"]],
];

/** The risk estimated from a name. */
export function riskOf(name: string): Risk {
  const lowered = lower(name);
  return WORDS.find(([, words]) => words.some((word) => lowered.includes(word)))?.[0] ?? "low";
}

const SEVERITY: Readonly<Record<Risk, number>> = { critical: 4, high: 3, medium: 2, low: 1 };

/** Collects the findings of all files; items with equal ids are merged. */
export class Inventory {
  readonly #items = new Map<string, Item>();

  /** Add the findings of one file, in the order of their names. */
  async add(found: readonly Found[], locator: string): Promise<void> {
    const sorted = found.length < 2 ? found : [...found].sort((a, b) => compareBytewise(a.name, b.name));
    for (const { kind, name, tag, line } of sorted) {
      const prefix = kind === "tool" ? `tool:${tag}` : "mcp_server";
      this.#merge({
        id: `${prefix}:${await normalizeName(name)}`,
        kind,
        name,
        locator,
        risk: riskOf(name),
        tags: [tag],
        ...(line === undefined ? {} : { line }),
      });
    }
  }

  /** All items, sorted by id. */
  items(): Item[] {
    return [...this.#items.values()].sort((a, b) => compareBytewise(a.id, b.id));
  }

  #merge(item: Item): void {
    const known = this.#items.get(item.id);
    if (!known) {
      this.#items.set(item.id, item);
      return;
    }
    const place = placeOf(known, item);
    this.#items.set(item.id, {
      id: known.id,
      kind: known.kind,
      name: known.name,
      locator: place.locator,
      ...(place.line === undefined ? {} : { line: place.line }),
      risk: SEVERITY[item.risk] > SEVERITY[known.risk] ? item.risk : known.risk,
      tags: [...new Set([...known.tags, ...item.tags])].sort(compareBytewise),
    });
  }
}

/** The smaller locator with its line; in the same file, the smaller line. */
function placeOf(a: Item, b: Item): Pick<Item, "locator" | "line"> {
  const order = compareBytewise(a.locator, b.locator);
  if (order !== 0) return order < 0 ? a : b;
  return (b.line ?? Infinity) < (a.line ?? Infinity) ? b : a;
}

const NUL = Uint8Array.of(0x00);
const END = Uint8Array.of(0xff);

/** The id of a snapshot: it covers what was found and where, not when (docs/spec/scout.md section 1). */
export async function snapshotId(workspace: string, items: readonly Item[]): Promise<string> {
  const parts: Uint8Array[] = [utf8(workspace), NUL];
  for (const { id, kind, name, locator, risk, tags } of items) {
    for (const field of [id, kind, name, locator, risk, ...tags]) parts.push(utf8(field), NUL);
    parts.push(END);
  }
  return `snap_${(await sha256(concat(parts))).slice(0, 12)}`;
}
