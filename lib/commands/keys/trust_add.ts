import { ifReadable, invalidInput } from "../../errors/mod.ts";
import { baseName } from "../../formats/path.ts";
import {
  addTrustedKey,
  LOCAL_DEV,
  otherTrustedNames,
  parsePublicKey,
  readKeyFile,
  TRUST_FOLDER,
} from "../../signing/mod.ts";
import { defineCommand, text, trimmed } from "../define.ts";
import { compact, success } from "../outcome.ts";
import { good, line, nextLines, warningLines } from "../text.ts";

/** `gait keys trust add`: add a public key to the trust folder. */
export default defineCommand({
  explain: "Adds a public key to .gait/trust, so that verification in this folder accepts its signatures.",
  positionals: [{ name: "<public.key>", path: "file" }],
  flags: { name: text("name", "name of the key (default: the name of its file)") },
  needs: { read: true, write: true },
  examples: ["gait keys trust add team_public.key --name team"],
  async run({ flags, positionals, effects }) {
    const path = positionals[0]!;
    const key = await parsePublicKey(
      await readKeyFile(effects.files, path, "public key"),
      `public key "${path}"`,
    );
    const name = trimmed(flags.name) ?? baseName(path).replace(/(_public)?\.key$/, "");
    // A key with this name is reported as the development key of the folder.
    if (name === LOCAL_DEV) {
      throw invalidInput(`Cannot trust key as "${LOCAL_DEV}": the name is reserved for gait demo`);
    }
    const added = await addTrustedKey(effects.files, name, key);
    const others = await ifReadable(() => otherTrustedNames(effects.files, { name, id: key.id })) ?? [];
    const warnings = others.length === 0 ? [] : [`the same key is also trusted as ${others.join(", ")}`];
    const stored = `${TRUST_FOLDER}/${name}.key`;
    return success({ name, key_id: key.id, path: stored, added, ...compact({ warnings }) }, [
      line(good(added ? "trusted" : "already trusted"), `: ${name} key_id=${key.id}`),
      ...warningLines(warnings),
      ...nextLines(["gait verify <run_id|path> --profile strict", "gait keys trust list"]),
    ]);
  },
});
