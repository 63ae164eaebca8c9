/** What mod.ts exports: each export has a test in this folder; keys, trust, and the forms of evidence. */
import assert from "node:assert/strict";
import * as gait from "../../mod.ts";
import { onStage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { test } from "./support.ts";

const { generateKey, loadTrustStore, parsePrivateKey, parsePublicKey, trustKey } = gait;

test(
  ["generateKey", "formatPrivateKey", "formatPublicKey", "parsePrivateKey", "keyFromSeed"],
  "keys survive their texts, and no two are the same",
  async () => {
    const key = await generateKey();
    assert.notEqual(key.public.id, (await generateKey()).public.id);
    assert.equal((await parsePrivateKey(gait.formatPrivateKey(key))).public.id, key.public.id);
    assert.equal((await parsePublicKey(gait.formatPublicKey(key.public))).id, key.public.id);
    assert.equal((await gait.keyFromSeed(key.seed)).public.id, key.public.id);
    for (const text of ["", "x", "AAAA"]) {
      await assert.rejects(parsePrivateKey(text), { code: "invalid_input" });
      await assert.rejects(parsePublicKey(text), { code: "invalid_input" });
    }
  },
);

test(
  ["loadTrustStore", "trustKey", "NO_KEYS"],
  "trustKey() and loadTrustStore() share a folder with the executable",
  () =>
    onStage(async ({ gait: run, path }) => {
      const folder = path(".gait/trust");
      assert.deepEqual(await loadTrustStore(folder), gait.NO_KEYS);
      const { public: key } = await generateKey();
      assert.deepEqual([await trustKey("team", key, folder), await trustKey("team", key, folder)], [
        true,
        false,
      ]);
      await assert.rejects(trustKey("team", (await generateKey()).public, folder), { code: "invalid_input" });
      await assert.rejects(trustKey("../team", key, folder), { code: "invalid_input" });
      const trusted = await loadTrustStore(folder);
      assert(trusted.source === "store" && trusted.keys.get(key.id)?.name === "team");
      assert.ok((await run("keys", "trust", "list")).stdout.includes(key.id));
    }),
);

test(
  ["canonicalBytes", "canonicalize", "readJson", "digestOf", "sha256", "parseTime", "timeOfMillis"],
  "JSON, digests and times come in the forms of evidence",
  async () => {
    assert.equal(gait.canonicalize({ b: 1, a: [true] }), '{"a":[true],"b":1}');
    assert.equal(new TextDecoder().decode(gait.canonicalBytes({ b: 1, a: 2 })), '{"a":2,"b":1}');
    assert.deepEqual(gait.readJson('{"a":1}', { what: "it" }), { a: 1 });
    assert.equal(await gait.digestOf({ a: 1 }), await gait.sha256(gait.canonicalBytes({ a: 1 })));
    assert.equal(gait.parseTime("2026-01-02T03:04:05.000+00:00"), "2026-01-02T03:04:05Z");
    assert.equal(gait.timeOfMillis(0), "1970-01-01T00:00:00Z");
    assert.throws(() => gait.parseTime("yesterday"), { code: "invalid_input" });
  },
);

test(["GaitError", "EXIT", "VERDICTS", "VERSION"], "the closed sets are those of the executable", () => {
  assert.deepEqual(gait.VERDICTS.toSorted(), ["allow", "block", "dry_run", "require_approval"]);
  assert.deepEqual(Object.values(gait.EXIT), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.match(gait.VERSION, /^\d+\.\d+\.\d+/);
});

/** The names in the first argument of each `test()` of support.ts, in the files with tests of this folder. */
async function shownNames(): Promise<ReadonlySet<string>> {
  const folder = `${repository}tests/library/`;
  const shown = new Set<string>();
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith("_test.ts")) continue;
    const text = await Deno.readTextFile(folder + name);
    for (const [, names] of text.matchAll(/^test\(\s*\[([^\]]*)\]/gm)) {
      for (const [, shownName] of names!.matchAll(/"(\w+)"/g)) shown.add(shownName!);
    }
  }
  return shown;
}

/** A new export without a test is noticed. */
Deno.test("every export of mod.ts has a test here", async () => {
  const shown = await shownNames();
  assert.deepEqual(Object.keys(gait).filter((name) => !shown.has(name)), []);
});
