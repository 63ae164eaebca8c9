import { utf8 } from "../../../formats/bytes.ts";
import {
  canonicalize,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  readJson,
  without,
} from "../../../formats/json/mod.ts";
import type { ListedKind } from "../catalog/catalog.ts";
import type { ResponseMessage } from "../codec/message.ts";
import type { RelayState } from "./state.ts";
import type { Pending } from "./types.ts";

/** The lists whose descriptors are pinned. */
const LISTS: Readonly<Record<string, { readonly kind: ListedKind; readonly member: string }>> = {
  "tools/list": { kind: "tool", member: "tools" },
  "prompts/list": { kind: "prompt", member: "prompts" },
};

/** The list that a request asks for; nothing where its pages stay as they come. */
export function comparedList({ method }: Pending, { context: { hooks, couldPass } }: RelayState) {
  return Object.hasOwn(LISTS, method) && (hooks.pins || couldPass) ? LISTS[method] : undefined;
}

/**
 * A page of a list without what the client must not see: descriptors that nobody accepted, and tools that the policy
 * blocks (docs/spec/mcp.md 10.8). The text that a model would read is the one that was compared, not one that the server
 * gave before.
 *
 * @returns nothing when the page stays as it came
 */
export async function shownList(
  { document, text, result }: ResponseMessage,
  pending: Pending,
  state: RelayState,
): Promise<Uint8Array | undefined> {
  const { hooks, couldPass } = state.context;
  const list = comparedList(pending, state);
  if (!list || !result) return undefined;
  if (!Object.hasOwn(result, list.member)) return undefined;
  // A client may look into what is no list, too; nothing of that was compared.
  const given = result[list.member];
  const items = Array.isArray(given) ? given : [];
  const { id, clientMeta, outlet } = pending;
  const catalog = state.catalog(list.kind, clientMeta, outlet.authorization);
  let listedAgain = false;
  const isShown = async (item: JsonValue): Promise<boolean> => {
    if (!isJsonObject(item) || typeof item["name"] !== "string") return false;
    if (list.kind === "tool" && couldPass && !couldPass(item["name"])) return false;
    if (!hooks.pins) return true;
    for (;;) {
      const found = await catalog.find(item["name"]);
      if (found.kind === "found" && same(found.descriptor, item)) return found.pin === "pinned";
      if (found.kind === "collision" || listedAgain) return false;
      // What the gateway knows may be older than this page. Once for all of it: its items may all differ.
      listedAgain = true;
      catalog.invalidate();
    }
  };
  const shown: boolean[] = [];
  for (const item of items) shown.push(await isShown(item));
  if (Array.isArray(given) && shown.every((keep) => keep)) return undefined;
  // Its numbers as JavaScript reads them, which is what the client would read.
  const written = readJson(text, { what: "page of a list", numbers: "double" }) as {
    result: Record<string, JsonValue[]>;
  };
  const kept = items.length === 0 ? [] : written.result[list.member]!.filter((_item, i) => shown[i]);
  return utf8(JSON.stringify({ ...document, id, result: { ...written.result, [list.member]: kept } }));
}

function same(known: JsonObject, given: JsonObject): boolean {
  return canonicalize(without(known, "_meta")) === canonicalize(without(given, "_meta"));
}
