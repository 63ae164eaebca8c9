import { missingOption } from "../../errors/mod.ts";
import { decodeUtf8 } from "../../formats/bytes.ts";
import { MAX_SIGNATURE_BYTES } from "../../release/checksum_signature.ts";
import { MAX_CHECKSUMS_BYTES } from "../../release/checksums.ts";
import { verifyExecutable } from "../../release/verify_executable.ts";
import { loadNamedKey, sha256OfChunks, STREAM_BYTES } from "../../signing/mod.ts";
import { defineCommand, path as pathFlag } from "../define.ts";
import { keySource, keySources } from "../key_flags.ts";
import { success } from "../outcome.ts";
import { good, line } from "../text.ts";

/** `gait self verify`: check the executable against the signed checksums of a release. */
export default defineCommand({
  explain:
    "Checks this executable, or another one, against the signed checksums of a release, offline. A program that was replaced can claim anything about itself: to check a download, run a gait that you trust with --executable, or sha256sum and openssl.",
  flags: {
    checksums: pathFlag("file", "the checksums of the release", { default: "checksums.txt" }),
    signature: pathFlag("file", "their signature (default: the name of the checksums with .sig)"),
    executable: pathFlag("file", "the executable to check (default: this one)"),
    "public-key": keySource("file", "the public key of the release"),
    "public-key-env": keySource("variable", "environment variable with that key"),
  },
  needs: { read: true, env: true },
  examples: [
    "gait self verify --public-key gait_release_public.key",
    "gait self verify --executable ./gait --checksums checksums.txt --public-key gait_release_public.key",
  ],
  async run({ flags, effects, version }) {
    const key = await loadNamedKey(keySources(flags), effects);
    if (key === undefined) {
      throw missingOption(
        "publicKey",
        () => "Give the public key that the project publishes with its releases",
      );
    }
    const path = flags.executable ?? effects.executable();
    const signature = flags.signature ?? `${flags.checksums}.sig`;
    const { files } = effects;
    const checksums = await files.read(flags.checksums, MAX_CHECKSUMS_BYTES);
    const real = await files.realPath(path);
    const size = (await files.stat(real))?.size ?? 0;
    const digest = await sha256OfChunks(files.readChunks(real, STREAM_BYTES), size);
    const name = await verifyExecutable({
      digest,
      checksums,
      signature: decodeUtf8(await files.read(signature, MAX_SIGNATURE_BYTES)),
      key,
    });
    return success({ executable: path, sha256: digest, release_file: name, key_id: key.id, version }, [
      line(good("self verify ok"), `: ${path}`),
      line(`  release file  ${name}`),
      line(`  sha256        ${digest}`),
      line(`  signed by     ${key.id}`),
    ]);
  },
});
