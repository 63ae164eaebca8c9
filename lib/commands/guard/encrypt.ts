import { bool, defineCommand, trimmed } from "../define.ts";
import { compact, success } from "../outcome.ts";
import { onePath } from "../pack/flags.ts";
import { dim, good, line, nextLines } from "../text.ts";
import { pathArgument } from "../../formats/shell.ts";
import { cipherFlags, recipientFlag, secretKeyFlags, secretKeyOf } from "./cipher_flags.ts";
import { invalidInput } from "../../errors/mod.ts";
import { ageLines, encodeAge } from "./age_report.ts";

/** `gait guard encrypt` (docs/spec/guard.md section 7). */
export default defineCommand({
  explain:
    "Encrypts a file of any size: with your own key (AES-256-GCM), or for age recipients, whose private keys are kept elsewhere.",
  positionals: [{ name: "[path]", path: "file" }],
  flags: {
    ...cipherFlags,
    ...recipientFlag,
    "remove-source": bool("remove the file once the encrypted one was read back"),
  },
  needs: { read: true, write: true, env: true, run: true },
  examples: [
    "gait guard encrypt evidence.zip --key-env EVIDENCE_KEY",
    "gait guard encrypt evidence.zip --recipient age1… --remove-source",
    "gait guard encrypt evidence.zip --key-command /usr/local/bin/print-key --remove-source",
  ],
  async run({ positionals, flags, effects, version, narrow }) {
    const input = onePath(flags.in, positionals, "a file, or --in <file>");
    const options = {
      input,
      out: trimmed(flags.out),
      force: flags.force,
      removeSource: flags["remove-source"],
    };
    if (flags.recipient.length > 0) {
      const key = Object.keys(secretKeyFlags).find((name) =>
        (flags[name as keyof typeof secretKeyFlags] ?? []).length > 0
      );
      if (key !== undefined) throw invalidInput(`Cannot use --recipient together with --${key}`);
      narrow({ read: true, write: true });
      const { encryptForRecipients } = await import("../../guard/encrypt/age_file.ts");
      const written = await encryptForRecipients(options, flags.recipient, effects.files);
      return success(
        encodeAge(written, flags.recipient, options.removeSource),
        ageLines("guard encrypt", written, flags.recipient),
      );
    }
    const key = await secretKeyOf(flags, effects, narrow);
    const { encryptFile } = await import("../../guard/encrypt/file.ts");
    const { ALGORITHM } = await import("../../guard/encrypt/sealed_file.ts");
    const written = await encryptFile(options, key, version, effects);
    return success({
      path: written.path,
      algorithm: ALGORITHM,
      plain_sha256: written.sha256,
      key_mode: key.source.mode,
      ...compact({
        plain_size: written.size,
        key_ref: key.source.mode === "env" ? key.source.ref : undefined,
        source_removed: flags["remove-source"],
      }),
    }, [
      line(good("guard encrypt ok"), `: ${written.path}`),
      line(dim("  of        "), `${written.size} bytes, sha256:${written.sha256}`),
      ...nextLines([`gait guard decrypt ${pathArgument(written.path)} --key-env <variable>`]),
    ]);
  },
});
