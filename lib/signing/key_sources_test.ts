import assert from "node:assert/strict";
import { makeFiles } from "../effects/mod.ts";
import { GaitError } from "../errors/mod.ts";
import { MAX_KEY_BYTES } from "./key_file.ts";
import { type KeyEffects, type KeySources, loadSigningKey, loadTrustedKeys } from "./key_sources.ts";
import { formatPrivateKey, formatPublicKey, keyFromSeed } from "./keys.ts";

const INVALID = { code: "invalid_input" };
const NONE: KeySources = {};
const key = await keyFromSeed(new Uint8Array(32).fill(8));
const other = await keyFromSeed(new Uint8Array(32).fill(9));

interface Place {
  readonly effects: KeyEffects;
  readonly path: (name: string) => string;
}

/** Runs a step in a temporary folder with key files, without the trust folder of the working folder. */
async function inPlace(env: Record<string, string>, step: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gait-keys-" });
  const real = makeFiles();
  const path = (name: string) => `${folder}/${name}`;
  const below = (given: string) => given.startsWith("/") ? given : path(given);
  try {
    await Deno.writeTextFile(path("private.key"), formatPrivateKey(key), { mode: 0o600 });
    await Deno.writeTextFile(path("public.key"), formatPublicKey(key.public));
    await Deno.writeTextFile(path("other.key"), formatPublicKey(other.public));
    const files = {
      ...real,
      read: (given: string, limit?: number) => real.read(below(given), limit),
      stat: (given: string) => real.stat(below(given)),
      list: (given: string) => real.list(below(given)),
    };
    let calls = 0;
    await step({
      effects: { files, env: { get: (name) => env[name] }, random: (n) => new Uint8Array(n).fill(++calls) },
      path,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("loadSigningKey() makes a fresh key in dev mode, and takes no other source there", async () => {
  await inPlace({ K: formatPrivateKey(key) }, async ({ effects, path }) => {
    const first = await loadSigningKey({ ...NONE, keyMode: "dev" }, effects);
    const second = await loadSigningKey({ ...NONE, keyMode: "dev" }, effects);
    assert.notEqual(first.key.public.id, second.key.public.id);
    assert.equal(first.warnings.length, 1);
    for (
      const source of [
        { privateKey: path("private.key") },
        { privateKeyEnv: "K" },
        { publicKey: path("public.key") },
        { publicKeyEnv: "K" },
      ]
    ) {
      await assert.rejects(loadSigningKey({ ...NONE, ...source, keyMode: "dev" }, effects), INVALID);
    }
  });
});

Deno.test("loadSigningKey() requires exactly one private source in prod mode, which is the default", async () => {
  await inPlace({ K: ` ${formatPrivateKey(key)}\n`, BLANK: " \t" }, async ({ effects, path }) => {
    for (const keyMode of [undefined, "prod"] as const) {
      const byFile = await loadSigningKey({ ...NONE, keyMode, privateKey: path("private.key") }, effects);
      const byName = await loadSigningKey({ ...NONE, keyMode, privateKeyEnv: "K" }, effects);
      assert.deepEqual([byFile.key.public.id, byName.key.public.id], [key.public.id, key.public.id]);
      assert.deepEqual([byFile.warnings, byName.warnings], [[], []]);
    }
    const bad: Partial<KeySources>[] = [
      {},
      { privateKey: path("private.key"), privateKeyEnv: "K" },
      { privateKeyEnv: "UNSET" },
      { privateKeyEnv: "BLANK" },
      { privateKey: path("absent.key") },
      { privateKey: " " },
      { privateKey: path("public.key") },
      { publicKey: path("public.key") },
      { privateKey: "" },
      { privateKeyEnv: "" },
    ];
    for (const sources of bad) {
      await assert.rejects(
        loadSigningKey({ ...NONE, ...sources }, effects),
        INVALID,
        JSON.stringify(sources),
      );
    }
  });
});

Deno.test("loadSigningKey() requires a given public key to belong to the private one", async () => {
  await inPlace({}, async ({ effects, path }) => {
    const privateKey = path("private.key");
    await loadSigningKey({ ...NONE, privateKey, publicKey: path("public.key") }, effects);
    await assert.rejects(
      loadSigningKey({ ...NONE, privateKey, publicKey: path("other.key") }, effects),
      INVALID,
    );
    await assert.rejects(
      loadSigningKey({ ...NONE, privateKey, publicKey: path("public.key"), publicKeyEnv: "K" }, effects),
      INVALID,
    );
  });
});

Deno.test("loadSigningKey() refuses a private key behind a symbolic link", async () => {
  await inPlace({}, async ({ effects, path }) => {
    await Deno.symlink(path("private.key"), path("link.key"));
    await Deno.symlink(path("nowhere"), path("dangling.key"));
    for (const name of ["link.key", "dangling.key"]) {
      await assert.rejects(loadSigningKey({ ...NONE, privateKey: path(name) }, effects), {
        code: "unsafe_operation",
      });
      await assert.rejects(loadTrustedKeys({ ...NONE, privateKey: path(name) }, effects), {
        code: "unsafe_operation",
      });
    }
  });
});

Deno.test("loadSigningKey() warns when others can read the private key", async () => {
  await inPlace({}, async ({ effects, path }) => {
    for (const mode of [0o640, 0o604, 0o620, 0o601]) {
      await Deno.chmod(path("private.key"), mode);
      const { warnings } = await loadSigningKey({ ...NONE, privateKey: path("private.key") }, effects);
      assert.equal(warnings.length, 1, mode.toString(8));
    }
  });
});

Deno.test("loadTrustedKeys() prefers a public source and takes the public half of a private one", async () => {
  await inPlace({ P: formatPublicKey(key.public) }, async ({ effects, path }) => {
    const privateKey = path("private.key");
    const idOf = async (sources: Partial<KeySources>) => {
      const trusted = await loadTrustedKeys({ ...NONE, ...sources }, effects);
      return trusted.source === "flag" ? trusted.key.id : trusted.source;
    };
    assert.equal(await idOf({ publicKey: path("other.key"), privateKey }), other.public.id);
    assert.equal(await idOf({ publicKeyEnv: "P" }), key.public.id);
    assert.equal(await idOf({ privateKey }), key.public.id);
    assert.equal(await idOf({}), "none");
  });
});

Deno.test("loadTrustedKeys() refuses two sources of one key even when they are not used, and blank ones", async () => {
  await inPlace({ K: formatPrivateKey(key), P: formatPublicKey(key.public) }, async ({ effects, path }) => {
    const bad: Partial<KeySources>[] = [
      { publicKey: path("public.key"), publicKeyEnv: "P" },
      { publicKey: path("public.key"), privateKey: "x", privateKeyEnv: "K" },
      { publicKey: " " },
      { publicKeyEnv: " " },
      { publicKeyEnv: "UNSET" },
      { publicKeyEnv: "K" },
      { publicKey: path("private.key") },
      { publicKey: path("absent.key") },
    ];
    for (const sources of bad) {
      await assert.rejects(
        loadTrustedKeys({ ...NONE, ...sources }, effects),
        INVALID,
        JSON.stringify(sources),
      );
    }
  });
});

Deno.test("loadTrustedKeys() falls back to the trust folder, whole or not at all", async () => {
  await inPlace({}, async ({ effects, path }) => {
    await Deno.mkdir(path(".gait/trust"), { recursive: true });
    await Deno.copyFile(path("public.key"), path(".gait/trust/me.key"));
    assert.equal((await loadTrustedKeys(NONE, effects)).source, "store");
    assert.equal((await loadTrustedKeys({ ...NONE, publicKey: path("other.key") }, effects)).source, "flag");
    await Deno.writeTextFile(path(".gait/trust/you.key"), "broken");
    await assert.rejects(loadTrustedKeys(NONE, effects), INVALID);
  });
  await inPlace({}, async ({ effects, path }) => {
    await Deno.mkdir(path(".gait"));
    await Deno.writeTextFile(path(".gait/trust"), "a file in the place of the folder");
    await assert.rejects(loadTrustedKeys(NONE, effects), INVALID);
  });
});

Deno.test("a key in the place of the name of its file or variable is refused, and no error repeats it", () =>
  inPlace({}, async ({ effects }) => {
    for (const text of [formatPrivateKey(key), formatPublicKey(key.public)]) {
      const given = text.trim();
      for (const name of ["privateKey", "privateKeyEnv", "publicKey", "publicKeyEnv"] as const) {
        const load = name.startsWith("public") ? loadTrustedKeys : loadSigningKey;
        await assert.rejects(load({ ...NONE, keyMode: "prod", [name]: given }, effects), (error) => {
          assert.ok(error instanceof GaitError && error.code === "invalid_input");
          assert.ok(!`${error.message} ${error.hint}`.includes(given), name);
          assert.match(error.hint ?? "", /Write the key into a file/);
          return true;
        });
      }
    }
  }));

Deno.test("a file that is too large for a key is told to be none", () =>
  inPlace({}, async ({ effects, path }) => {
    await Deno.writeTextFile(path("large.key"), "x".repeat(MAX_KEY_BYTES + 1));
    await assert.rejects(loadTrustedKeys({ ...NONE, publicKey: path("large.key") }, effects), {
      ...INVALID,
      message: /too large for the file of a key/,
    });
  }));
