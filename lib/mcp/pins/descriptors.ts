import { isJsonObject, type JsonValue, without } from "../../formats/json/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import type { PinnedKind } from "../../schema/mcp.ts";
import { type Digest, digestOf, type Hasher, sha256 } from "../../signing/mod.ts";

/** What a server says of one of its tools or prompts. */
export interface Descriptor {
  readonly kind: PinnedKind;
  readonly name: string;
  /** Of the descriptor without `_meta`, which may change from answer to answer. */
  readonly digest: Digest;
  readonly document: JsonObject;
}

/** All descriptors of a kind, over all pages. */
export interface Listing {
  readonly descriptors: ReadonlyMap<string, Descriptor>;
  /** Names that several descriptors have: nobody knows which one is called. */
  readonly ambiguous: ReadonlySet<string>;
}

/** Read the items of a listing. One without a name, or that has no canonical form, can't be called by a client. */
export async function readListing(
  kind: PinnedKind,
  items: readonly JsonValue[],
  hash: Hasher = sha256,
): Promise<Listing> {
  const descriptors = new Map<string, Descriptor>();
  const ambiguous = new Set<string>();
  for (const item of items) {
    if (!isJsonObject(item) || typeof item.name !== "string" || item.name === "") continue;
    const { name } = item;
    if (descriptors.delete(name) || ambiguous.has(name)) {
      ambiguous.add(name);
      continue;
    }
    const document = without(item, "_meta");
    descriptors.set(name, { kind, name, digest: await digestOf(document, hash), document });
  }
  return { descriptors, ambiguous };
}
