import { ifReadable, invalidInput } from "../../errors/mod.ts";
import {
  checkKeyName,
  otherTrustedNames,
  parsePublicKey,
  readKeyFile,
  TRUST_FOLDER,
} from "../../signing/mod.ts";
import { defineCommand } from "../define.ts";
import { compact, success } from "../outcome.ts";
import { good, line, nextLines, warn, warningLines } from "../text.ts";

/** `gait keys trust remove`: remove a key from the trust folder, even an unreadable one. */
export default defineCommand({
  explain:
    "Removes a public key from .gait/trust, so that verification in this folder stops accepting its signatures.",
  positionals: ["<name>"],
  flags: {},
  needs: { read: true, write: true },
  examples: ["gait keys trust remove team"],
  async run({ positionals, effects }) {
    const name = checkKeyName(positionals[0]!);
    const path = `${TRUST_FOLDER}/${name}.key`;
    if (!await effects.files.stat(path)) {
      throw invalidInput(`Cannot remove trusted key "${name}": it does not exist`, {
        hint: "See them with: gait keys trust list",
      });
    }
    const { files } = effects;
    const id = await ifReadable(async () =>
      (await parsePublicKey(await readKeyFile(files, path, "public key"), "the key")).id
    );
    await files.remove(path);
    const others = id && await ifReadable(() => otherTrustedNames(files, { name, id })) || [];
    return success({ name, path, ...compact({ still_trusted_as: others }) }, [
      line(others.length > 0 ? warn("removed") : good("no longer trusted"), `: ${name}`),
      ...warningLines(others.map((other) => `the same key is still trusted as ${other}`)),
      ...nextLines(others.map((other) => `gait keys trust remove ${other}`)),
    ]);
  },
});
