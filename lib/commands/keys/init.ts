import { bool, defineCommand } from "../define.ts";
import { success } from "../outcome.ts";
import { good, line, nextLines } from "../text.ts";
import { keyPlaceFlags, writeKeyPair } from "./write_key_pair.ts";
import { pathArgument } from "../../formats/shell.ts";

/** `gait keys init` (docs/spec/core.md section 7). */
export default defineCommand({
  explain:
    "Creates an Ed25519 key pair as two files that only you can read; overwrites a pair only with --force.",
  flags: { ...keyPlaceFlags, force: bool("overwrite an existing pair") },
  needs: { read: true, write: true },
  examples: ["gait keys init", "gait keys init --out-dir keys --prefix team"],
  async run({ flags, effects, notify }) {
    const pair = await writeKeyPair(flags["out-dir"], flags.prefix, flags.force, effects, notify);
    return success(pair, [
      line(good("keys init ok"), `: key_id=${pair.key_id}`),
      line(`public_key_path=${pair.public_key_path}`),
      line(`private_key_path=${pair.private_key_path}`),
      ...nextLines([
        `gait run record run.json --private-key ${pathArgument(pair.private_key_path)}`,
        `gait keys trust add ${pathArgument(pair.public_key_path)} --name ${
          pathArgument(String(pair.prefix))
        }`,
      ]),
    ]);
  },
});
