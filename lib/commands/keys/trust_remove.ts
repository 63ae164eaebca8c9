import { invalidInput } from "../../errors/mod.ts";
import { checkKeyName, TRUST_FOLDER } from "../../signing/mod.ts";
import { defineCommand } from "../define.ts";
import { success } from "../outcome.ts";
import { good, line } from "../text.ts";

/** `gait keys trust remove`: take a key out of the trust folder, even one that can't be read. */
export default defineCommand({
  explain: "Takes a public key out of .gait/trust; its signatures no longer verify here without a flag.",
  positionals: ["<name>"],
  flags: {},
  needs: { read: true, write: true },
  examples: ["gait keys trust remove team"],
  async run({ positionals, effects }) {
    const name = checkKeyName(positionals[0]!);
    const path = `${TRUST_FOLDER}/${name}.key`;
    if (!await effects.files.stat(path)) {
      throw invalidInput(`Cannot remove trusted key "${name}": there is none`, {
        hint: "See them with: gait keys trust list",
      });
    }
    await effects.files.remove(path);
    return success({ name, path }, [line(good("no longer trusted"), `: ${name}`)]);
  },
});
