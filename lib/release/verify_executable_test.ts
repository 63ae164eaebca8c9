import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { concat, fromBase64, fromHex, utf8 } from "../formats/bytes.ts";
import { type Digest, keyFromSeed, sha256 } from "../signing/mod.ts";
import { signChecksums } from "./checksum_signature.ts";
import { formatChecksums } from "./checksums.ts";
import { verifyExecutable } from "./verify_executable.ts";

const FAILED = { code: "verification_failed" };
const INVALID = { code: "invalid_input" };
const SPKI_HEAD = fromHex("302a300506032b6570032100")!;

const key = await keyFromSeed(new Uint8Array(32).fill(1));
const other = await keyFromSeed(new Uint8Array(32).fill(2));
const executable = await sha256("the executable");
const archive = await sha256("the archive");
const checksums = utf8(formatChecksums([
  { digest: archive, name: "gait_1.2.3_linux_amd64.tar.gz" },
  { digest: executable, name: "gait_1.2.3_linux_amd64/gait" },
]));
const signature = await signChecksums(checksums, key);
const evidence = { digest: executable, checksums, signature, key: key.public };

Deno.test("verifyExecutable() names the file of the release that has the digest", async () => {
  assert.equal(await verifyExecutable(evidence), "gait_1.2.3_linux_amd64/gait");
});

Deno.test("the signature of checksums is plain Ed25519 over the file, as openssl verifies it", () => {
  const spki = concat([SPKI_HEAD, key.public.raw]);
  // deno-lint-ignore no-explicit-any -- its types accept only Buffer
  const publicKey = createPublicKey({ key: spki as any, format: "der", type: "spki" });
  assert.ok(verify(null, checksums, publicKey, fromBase64(signature.trim())!));
});

Deno.test("verifyExecutable() fails for another digest, key or list", async () => {
  const changed = utf8(formatChecksums([{ digest: executable, name: "gait_9.9.9_linux_amd64/gait" }]));
  const unlisted = await sha256("other");
  // The digest is what a person compares with the list of another release.
  const named = { ...FAILED, message: new RegExp(unlisted) };
  await assert.rejects(verifyExecutable({ ...evidence, digest: unlisted }), named);
  await assert.rejects(verifyExecutable({ ...evidence, key: other.public }), FAILED);
  await assert.rejects(verifyExecutable({ ...evidence, checksums: changed }), FAILED);
});

Deno.test("verifyExecutable() does not take an archive of the list for an executable", async () => {
  await assert.rejects(verifyExecutable({ ...evidence, digest: archive }), FAILED);
});

Deno.test("verifyExecutable() refuses a signature file that holds none", async () => {
  for (const text of ["", "AAAA", signature + signature, "{}", `${signature.trim()}x`]) {
    await assert.rejects(verifyExecutable({ ...evidence, signature: text }), INVALID, JSON.stringify(text));
  }
});

Deno.test("signChecksums() signs nothing but a list of checksums", async () => {
  const digest = fromHex(executable as Digest)!;
  for (const content of [digest, utf8(""), utf8("{}"), utf8(executable)]) {
    await assert.rejects(signChecksums(content, key), INVALID);
  }
});
