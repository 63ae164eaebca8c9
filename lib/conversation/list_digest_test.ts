import assert from "node:assert/strict";
import { canonicalize, type JsonValue } from "../formats/json/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { bulkHasher } from "../signing/bulk_digest.ts";
import { runningDigest } from "../signing/running_digest.ts";
import { ListDigest } from "./list_digest.ts";

Deno.test("ListDigest is the digest of the list, whether items come as bytes or as texts, and however large", () => {
  const large = ["a".repeat(300_000), "é".repeat(100_000), "😀".repeat(70_000)];
  const lists: JsonValue[][] = [[], [1], large, [...large, 2, ...large], Array(40_000).fill({ a: "é" })];
  for (const items of lists) {
    for (const asBytes of [() => true, () => false, (i: number) => i % 2 === 0]) {
      const list = new ListDigest(runningDigest());
      items.map(canonicalize).forEach((form, i) => list.add(asBytes(i) ? utf8(form) : form));
      assert.equal(list.end(), bulkHasher(canonicalize(items)));
    }
  }
});
