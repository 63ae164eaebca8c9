import { checkSource } from "../../guard/encrypt/output.ts";
import { formOf } from "../../guard/encrypt/form.ts";
import { bool, defineCommand, path, required } from "../define.ts";
import { compact, success } from "../outcome.ts";
import { onePath } from "../pack/flags.ts";
import { warningLines } from "../text.ts";
import { forceFlag } from "../output_flags.ts";
import { ageLines, encodeAge } from "./age_report.ts";
import { identityFlags, recipientFlag, secretKeyFlags, secretKeyOf } from "./cipher_flags.ts";

/** `gait guard rewrap` (docs/spec/guard.md section 8). */
export default defineCommand({
  explain: "Re-encrypts an encrypted file for other age recipients; its content never reaches the disk.",
  positionals: [{ name: "[path]", path: "file" }],
  flags: {
    in: path("file", "the encrypted file; the same as the argument"),
    out: required(path("file", "output path; must differ from the input")),
    recipient: required(recipientFlag.recipient),
    ...identityFlags,
    ...secretKeyFlags,
    "remove-source": bool("remove the old file once the new one was read back"),
    ...forceFlag,
  },
  needs: { read: true, write: true, env: true, run: true },
  examples: [
    "gait guard rewrap old.age --identity key.txt --recipient age1… --out new.age",
    "gait guard rewrap old.gaitenc --key-env EVIDENCE_KEY --recipient age1… --out new.age",
  ],
  async run({ positionals, flags, effects, narrow }) {
    const input = onePath(flags.in, positionals, "an encrypted file, or --in <file>");
    await checkSource(input, effects.files);
    const { loadIdentities } = await import("../../guard/encrypt/identities.ts");
    const { rewrapFile } = await import("../../guard/encrypt/age_file.ts");
    const options = {
      input,
      out: flags.out.trim(),
      force: flags.force,
      removeSource: flags["remove-source"],
    };
    const rewrap = (opener: Parameters<typeof rewrapFile>[1]) =>
      rewrapFile(options, opener, flags.recipient, effects.files);
    let warnings: readonly string[] = [];
    let written: Awaited<ReturnType<typeof rewrap>>;
    if (await formOf(input, effects.files) === "other") {
      written = await rewrap({ kind: "key", key: (await secretKeyOf(flags, effects, narrow)).bytes });
    } else {
      narrow({ read: true, write: true, env: true });
      const sources = { identity: flags.identity, identityEnv: flags["identity-env"] };
      const loaded = await loadIdentities(sources, effects);
      warnings = loaded.warnings;
      written = await rewrap({ kind: "identities", identities: loaded.identities });
    }
    return success(
      { ...encodeAge(written, flags.recipient, options.removeSource), ...compact({ warnings }) },
      [...ageLines("guard rewrap", written, flags.recipient), ...warningLines(warnings)],
    );
  },
});
