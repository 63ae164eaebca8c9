/** `gait self verify` and `gait version --permissions` through the executable. */
import assert from "node:assert/strict";
import { utf8 } from "../../lib/formats/bytes.ts";
import { signChecksums } from "../../lib/release/checksum_signature.ts";
import { formatChecksums } from "../../lib/release/checksums.ts";
import { formatPublicKey, keyFromSeed, sha256 } from "../../lib/signing/mod.ts";
import { onStage, type Stage } from "../support/gait.ts";

const key = await keyFromSeed(new Uint8Array(32).fill(7));

/** A release folder with one executable. */
async function release({ write }: Stage, content = "an executable"): Promise<void> {
  const checksums = utf8(formatChecksums([
    { digest: await sha256(utf8(content)), name: "gait_1.2.3_linux_amd64/gait" },
  ]));
  await write("gait", content);
  await write("checksums.txt", checksums);
  await write("checksums.txt.sig", await signChecksums(checksums, key));
  await write("release.key", formatPublicKey(key.public));
}

const VERIFY = ["self", "verify", "--executable", "gait", "--public-key", "release.key", "--json"];

Deno.test("self verify accepts an executable of a signed release", () =>
  onStage(async (stage) => {
    await release(stage);
    const { code, json } = await stage.gait(...VERIFY);
    assert.equal(code, 0);
    assert.deepEqual([json.ok, json.release_file, json.key_id], [
      true,
      "gait_1.2.3_linux_amd64/gait",
      key.public.id,
    ]);
  }));

Deno.test("self verify fails with 2 for a changed executable, list, signature or another key", () =>
  onStage(async (stage) => {
    const other = await keyFromSeed(new Uint8Array(32).fill(8));
    const list = () => stage.read("checksums.txt");
    const changes: (() => Promise<void>)[] = [
      () => stage.write("gait", "another executable"),
      async () => stage.write("checksums.txt", (await list()).replace("1.2.3", "1.2.4")),
      async () => stage.write("checksums.txt.sig", await signChecksums(utf8(await list()), other)),
      () => stage.write("release.key", formatPublicKey(other.public)),
    ];
    for (const change of changes) {
      await release(stage);
      await change();
      const { code, json } = await stage.gait(...VERIFY);
      assert.deepEqual([code, json.ok, json.error_code], [2, false, "verification_failed"]);
    }
  }));

Deno.test("self verify checks nothing without a key that is named, and refuses unreadable files", () =>
  onStage(async (stage) => {
    await release(stage);
    await stage.gait`keys trust add release.key --name release`;
    const withoutKey = VERIFY.filter((word) => word !== "--public-key" && word !== "release.key");
    assert.equal((await stage.gait(...withoutKey)).code, 6);
    assert.equal((await stage.gait(...VERIFY, "--checksums", "missing.txt")).code, 6);
    await stage.write("checksums.txt.sig", "no signature");
    assert.equal((await stage.gait(...VERIFY)).code, 6);
  }));

Deno.test("self verify checks the running program when none is named", () =>
  onStage(async (stage) => {
    await release(stage);
    const { code, json } = await stage.gait`self verify --public-key release.key --json`;
    assert.deepEqual([code, json.error_code], [2, "verification_failed"]);
  }));

Deno.test("version --permissions states what the runtime grants: network on loopback only, no ffi", () =>
  onStage(async ({ gait }) => {
    const { code, json } = await gait`version --permissions --json`;
    assert.equal(code, 0);
    assert.deepEqual(json.permissions, {
      read: "all",
      write: "all",
      run: "all",
      env: "all",
      net: "loopback only",
      sys: "none",
      ffi: "none",
    });
    assert.equal((await gait`version --json`).json.permissions, undefined);
  }));
