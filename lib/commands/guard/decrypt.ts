import { defineCommand } from "../define.ts";
import { compact, success } from "../outcome.ts";
import { onePath } from "../pack/flags.ts";
import { dim, good, line } from "../text.ts";
import { cipherFlags, secretKeyOf } from "./cipher_flags.ts";

/** `gait guard decrypt` (docs/spec/guard.md section 7). */
export default defineCommand({
  explain:
    "Decrypts a file that was encrypted by guard encrypt; nothing is written unless all of it is authentic.",
  positionals: ["[file]"],
  flags: cipherFlags,
  needs: { read: true, write: true, env: true, run: true },
  examples: ["gait guard decrypt evidence.zip.gaitenc --key-env EVIDENCE_KEY"],
  async run({ positionals, flags, effects, narrow }) {
    const input = onePath(flags.in, positionals, "a file, or --in <file>");
    const key = await secretKeyOf(flags, effects, narrow);
    const { decryptFile } = await import("../../guard/encrypt/file.ts");
    const written = await decryptFile(
      { input, out: flags.out, force: flags.force },
      key.bytes,
      effects.files,
    );
    return success({
      path: written.path,
      plain_sha256: written.sha256,
      ...compact({ plain_size: written.size }),
    }, [
      line(good("guard decrypt ok"), `: ${written.path}`),
      line(dim("  holds     "), `${written.size} bytes, sha256:${written.sha256}`),
    ]);
  },
});
