import assert from "node:assert/strict";
import { makeJournals } from "./journals.ts";
import { inFolder } from "../../tests/support/folder.ts";

Deno.test("isFree() says the same of a name however often names were asked for", () =>
  inFolder(async (folder) => {
    const { isFree, place } = makeJournals();
    await Deno.writeTextFile(`${folder}/taken`, "x");
    for (let i = 0; i < 2_000; i++) {
      assert.equal(isFree(`${folder}/taken`), false);
      assert.equal(isFree(`${folder}/free_${i}`), true);
      // Other ways to find out are loaded meanwhile.
      if (i % 100 === 0) await import("node:fs");
    }
    assert.equal(place(`${folder}/free_0`, new Uint8Array(1)), true);
    assert.equal(isFree(`${folder}/free_0`), false);
    assert.equal(isFree(`${folder}/no_folder/free`), true);
  }));
