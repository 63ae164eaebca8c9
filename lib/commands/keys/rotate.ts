import { GaitError } from "../../errors/mod.ts";
import { timeOfMillis } from "../../formats/time.ts";
import { defineCommand } from "../define.ts";
import { success } from "../outcome.ts";
import { good, line, nextLines } from "../text.ts";
import { keyPlaceFlags, writeKeyPair } from "./write_key_pair.ts";
import { pathArgument } from "../../formats/shell.ts";

/** `gait keys rotate` (docs/spec/core.md section 7). */
export default defineCommand({
  explain: "Creates a new key pair under a dated name and keeps the old one.",
  flags: keyPlaceFlags,
  needs: { read: true, write: true },
  examples: ["gait keys rotate", "gait keys rotate --out-dir keys --prefix team"],
  async run({ flags, effects, notify }) {
    const stamp = timeOfMillis(effects.now()).slice(0, 19).replace(/[-:]/g, "") + "Z";
    const dated = `${flags.prefix.trim()}_${stamp}`;
    const pair = await firstFree((suffix) =>
      writeKeyPair(flags["out-dir"], dated + suffix, false, effects, notify)
    );
    return success(pair, [
      line(good("keys rotate ok"), `: key_id=${pair.key_id}`),
      line(`public_key_path=${pair.public_key_path}`),
      line(`private_key_path=${pair.private_key_path}`),
      ...nextLines([
        `gait keys trust add ${pathArgument(pair.public_key_path)} --name ${
          pathArgument(String(pair.prefix))
        }`,
      ]),
    ]);
  },
});

/** A second rotation within the same second gets a numbered name. */
async function firstFree<T>(write: (suffix: string) => Promise<T>): Promise<T> {
  for (let n = 1;; n++) {
    try {
      return await write(n === 1 ? "" : `_${n}`);
    } catch (error) {
      const taken = error instanceof GaitError && error.detail === "key_file_exists";
      if (!taken || n >= 100) throw error;
    }
  }
}
