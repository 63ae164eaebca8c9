import assert from "node:assert/strict";
import type { JsonObject } from "../../../formats/json/mod.ts";
import { type CatalogOptions, type ListPage, makeCatalog } from "./catalog.ts";

const OPTIONS: CatalogOptions = { kind: "tool", pins: undefined, now: () => 0, expires: false };
const tools = (...names: string[]) => names.map((name) => ({ name }));

/** A server with these pages; counts how often each is asked for. */
function serving(pages: Record<string, JsonObject>): { list: ListPage; asked: string[] } {
  const asked: string[] = [];
  const list: ListPage = (method, { cursor = "" }) => {
    asked.push(`${method} ${cursor}`);
    return Promise.resolve(pages[String(cursor)] ?? {});
  };
  return { list, asked };
}

Deno.test("a catalog finds tools over all pages, and asks once for many calls", async () => {
  const { list, asked } = serving({
    "": { tools: tools("a"), nextCursor: "x" },
    x: { tools: tools("b", "B"), nextCursor: null },
  });
  const catalog = makeCatalog(list, OPTIONS);
  const found = await Promise.all(["a", "a", "b", "B"].map((name) => catalog.find(name)));
  assert.deepEqual(found.map(({ kind }) => kind), ["found", "found", "collision", "collision"]);
  assert.deepEqual(asked, ["tools/list ", "tools/list x"]);
  // Found by its exact name only; unknown ones are asked for again.
  assert.equal((await catalog.find("A")).kind, "unknown");
  assert.equal(asked.length, 4);
});

Deno.test("a catalog is asked for again when it changed, also while it is being listed", async () => {
  let names = ["a"];
  let listed = 0;
  const catalog = makeCatalog(async () => {
    const page = { tools: tools(...names) };
    listed++;
    if (listed === 1) {
      names = ["a", "b"];
      catalog.invalidate();
    }
    return await Promise.resolve(page);
  }, OPTIONS);
  assert.equal((await catalog.find("b")).kind, "found");
  assert.equal(listed, 2);
  assert.equal(catalog.isFresh(), true);
  catalog.invalidate();
  assert.equal(catalog.isFresh(), false);
});

Deno.test("a list that never ends, has no names or comes from an error makes every tool unlisted", async () => {
  const circle = serving({ "": { tools: [], nextCursor: "x" }, x: { tools: [], nextCursor: "x" } }).list;
  let page = 0;
  const endless: ListPage = () => Promise.resolve({ tools: [], nextCursor: String(page++) });
  const large: ListPage = () =>
    Promise.resolve({ tools: Array.from({ length: 10_001 }, () => ({ name: "a" })) });
  for (
    const list of [circle, endless, large, serving({ "": { tools: [{}] } }).list, serving({ "": {} }).list]
  ) {
    assert.equal((await makeCatalog(list, OPTIONS).find("a")).kind, "unlisted");
  }
});

Deno.test("a list of the stateless revision counts for the time that its server says, a minute at most", async () => {
  let now = 0;
  for (const [ttlMs, lasts] of [[5_000, 5_000], [undefined, 60_000], [1e9, 60_000]] as const) {
    const { list, asked } = serving({ "": { tools: tools("a"), ...(ttlMs === undefined ? {} : { ttlMs }) } });
    const catalog = makeCatalog(list, { ...OPTIONS, now: () => now, expires: true });
    await catalog.find("a");
    now += lasts - 1;
    await catalog.find("a");
    assert.equal(asked.length, 1);
    now += 1;
    await catalog.find("a");
    assert.equal(asked.length, 2);
  }
});

Deno.test("a list that is changed whenever it is listed is given up, and one that is too long is not kept", async () => {
  let listed = 0;
  const restless = makeCatalog(() => {
    listed++;
    restless.invalidate();
    return Promise.resolve({ tools: tools("a") });
  }, OPTIONS);
  assert.equal((await restless.find("a")).kind, "unlisted");
  assert.ok(listed < 10, String(listed));
  let pages = 0;
  const long = makeCatalog(() => {
    pages++;
    const description = "x".repeat(1_000_000);
    return Promise.resolve({ tools: [{ name: `t${pages}`, description }], nextCursor: String(pages) });
  }, OPTIONS);
  assert.equal((await long.find("t1")).kind, "unlisted");
  assert.ok(pages < 20, String(pages));
});
