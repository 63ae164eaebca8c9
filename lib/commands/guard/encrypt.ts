import { bool, defineCommand } from "../define.ts";
import { compact, success } from "../outcome.ts";
import { onePath } from "../pack/flags.ts";
import { dim, good, line, nextLines } from "../text.ts";
import { pathArgument } from "../../formats/shell.ts";
import { cipherFlags, secretKeyOf } from "./cipher_flags.ts";

/** `gait guard encrypt` (docs/spec/guard.md section 7). */
export default defineCommand({
  explain: "Encrypts a file with a key of yours by AES-256-GCM, however large it is.",
  positionals: ["[file]"],
  flags: {
    ...cipherFlags,
    "remove-source": bool("remove the file after the encrypted one was read back"),
  },
  needs: { read: true, write: true, env: true, run: true },
  examples: [
    "gait guard encrypt evidence.zip --key-env EVIDENCE_KEY",
    "gait guard encrypt evidence.zip --key-command /usr/local/bin/print-key --remove-source",
  ],
  async run({ positionals, flags, effects, version, narrow }) {
    const input = onePath(flags.in, positionals, "a file, or --in <file>");
    const key = await secretKeyOf(flags, effects, narrow);
    const { encryptFile } = await import("../../guard/encrypt/file.ts");
    const { ALGORITHM } = await import("../../guard/encrypt/sealed_file.ts");
    const written = await encryptFile(
      { input, out: flags.out, force: flags.force, removeSource: flags["remove-source"] },
      key,
      version,
      effects,
    );
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
