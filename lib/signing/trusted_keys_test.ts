import assert from "node:assert/strict";
import { makeFiles } from "../effects/mod.ts";
import { base64, fromHex } from "../formats/bytes.ts";
import { formatPublicKey, keyFromSeed } from "./keys.ts";
import { addTrustedKey, checkKeyName, keyFor, loadTrustFolder, NO_KEYS } from "./trusted_keys.ts";
import { MAX_KEY_BYTES } from "./key_file.ts";
import { inFolder } from "../../tests/support/folder.ts";

const INVALID = { code: "invalid_input" };
const files = makeFiles();
const [alice, bob] = await Promise.all([1, 2].map((n) => keyFromSeed(new Uint8Array(32).fill(n))));

const withTrustFolder = (test: (folder: string) => Promise<void>) =>
  inFolder((folder) => test(`${folder}/trust`));

Deno.test("loadTrustFolder() trusts no key when the folder is missing or empty", async () => {
  await withTrustFolder(async (folder) => {
    assert.deepEqual(await loadTrustFolder(files, folder), NO_KEYS);
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/README.md`, "not a key");
    assert.deepEqual(await loadTrustFolder(files, folder), NO_KEYS);
  });
});

Deno.test("loadTrustFolder() finds keys by id and gives their names", async () => {
  await withTrustFolder(async (folder) => {
    assert.equal(await addTrustedKey(files, "alice", alice!.public, folder), true);
    assert.equal(await addTrustedKey(files, "alice", alice!.public, folder), false);
    assert.equal(await addTrustedKey(files, "a-second-name", alice!.public, folder), true);
    const trusted = await loadTrustFolder(files, folder);
    assert.equal(trusted.source, "store");
    assert.equal(keyFor(trusted, alice!.public.id)?.name, "a-second-name");
    assert.equal(keyFor(trusted, bob!.public.id), undefined);
  });
});

Deno.test("loadTrustFolder() fails closed when one file is not a usable key", async () => {
  const identity = base64(fromHex("01" + "00".repeat(31))!);
  for (
    const text of [
      "",
      "garbage",
      identity,
      "x".repeat(MAX_KEY_BYTES + 1),
      "\ufeff" + formatPublicKey(bob!.public),
    ]
  ) {
    await withTrustFolder(async (folder) => {
      await addTrustedKey(files, "alice", alice!.public, folder);
      await Deno.writeTextFile(`${folder}/zz.key`, text);
      await assert.rejects(loadTrustFolder(files, folder), INVALID);
    });
  }
  await withTrustFolder(async (folder) => {
    await addTrustedKey(files, "alice", alice!.public, folder);
    await Deno.mkdir(`${folder}/folder.key`);
    await assert.rejects(loadTrustFolder(files, folder), INVALID);
  });
  await withTrustFolder(async (folder) => {
    await addTrustedKey(files, "alice", alice!.public, folder);
    await Deno.symlink("nowhere", `${folder}/dangling.key`);
    await assert.rejects(loadTrustFolder(files, folder), INVALID);
  });
});

Deno.test("addTrustedKey() never replaces another key", async () => {
  await withTrustFolder(async (folder) => {
    await addTrustedKey(files, "alice", alice!.public, folder);
    await assert.rejects(addTrustedKey(files, "alice", bob!.public, folder), INVALID);
    assert.equal(await Deno.readTextFile(`${folder}/alice.key`), formatPublicKey(alice!.public));
  });
});

Deno.test("checkKeyName() accepts names that are one safe part of a path", () => {
  for (const name of ["a", "A9", "a.b-c_d", "x".repeat(64)]) assert.equal(checkKeyName(name), name);
  for (
    const name of [
      "",
      ".",
      "..",
      ".a",
      "-a",
      "_a",
      "a/b",
      "a\\b",
      "a b",
      "a\n",
      "a\0",
      "é",
      "x".repeat(65),
      "../a",
    ]
  ) {
    assert.throws(() => checkKeyName(name), INVALID, JSON.stringify(name));
  }
});
