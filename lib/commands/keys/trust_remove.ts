import { invalidInput } from "../../errors/mod.ts";
import { checkKeyName, TRUST_FOLDER } from "../../signing/mod.ts";
import { defineCommand } from "../define.ts";
import { success } from "../outcome.ts";
import { good, line } from "../text.ts";

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
    await effects.files.remove(path);
    return success({ name, path }, [line(good("no longer trusted"), `: ${name}`)]);
  },
});
