import { defineCommand, trimmed } from "../define.ts";
import type { ProcessedFile } from "../../guard/encrypt/file.ts";
import { compact, type Outcome, success } from "../outcome.ts";
import { onePath } from "../pack/flags.ts";
import { dim, good, line, warningLines } from "../text.ts";
import { cipherFlags, identityFlags, secretKeyOf } from "./cipher_flags.ts";
import { checkSource } from "../../guard/encrypt/output.ts";
import { formOf } from "../../guard/encrypt/form.ts";

/** `gait guard decrypt` (docs/spec/guard.md section 7). */
export default defineCommand({
  explain: "Decrypts a file written by guard encrypt; nothing is written unless the whole file is authentic.",
  positionals: [{ name: "[path]", path: "file" }],
  flags: { ...cipherFlags, ...identityFlags },
  needs: { read: true, write: true, env: true, run: true },
  examples: [
    "gait guard decrypt evidence.zip.gaitenc --key-env EVIDENCE_KEY",
    "gait guard decrypt evidence.zip.age --identity key.txt",
  ],
  async run({ positionals, flags, effects, narrow }) {
    const input = onePath(flags.in, positionals, "a file, or --in <file>");
    const options = { input, out: trimmed(flags.out), force: flags.force };
    await checkSource(input, effects.files);
    if (await formOf(input, effects.files) === "other") {
      const key = await secretKeyOf(flags, effects, narrow);
      const { decryptFile } = await import("../../guard/encrypt/file.ts");
      return decrypted(await decryptFile(options, key.bytes, effects.files), []);
    }
    narrow({ read: true, write: true, env: true });
    const { loadIdentities } = await import("../../guard/encrypt/identities.ts");
    const { identities, warnings } = await loadIdentities(
      { identity: flags.identity, identityEnv: flags["identity-env"] },
      effects,
    );
    const { decryptForIdentities } = await import("../../guard/encrypt/age_file.ts");
    return decrypted(await decryptForIdentities(options, identities, effects.files), warnings);
  },
});

function decrypted({ path, size, sha256 }: ProcessedFile, warnings: readonly string[]): Outcome {
  return success({
    path,
    plain_sha256: sha256,
    ...compact({ plain_size: size, warnings }),
  }, [
    line(good("guard decrypt ok"), `: ${path}`),
    line(dim("  holds     "), `${size} bytes, sha256:${sha256}`),
    ...warningLines(warnings),
  ]);
}
