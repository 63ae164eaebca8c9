import { readTrustFolder, TRUST_FOLDER } from "../../signing/mod.ts";
import { defineCommand } from "../define.ts";
import { success } from "../outcome.ts";
import { columns, dim, line, nextLines } from "../text.ts";

/** `gait keys trust list`: the keys of the trust folder. */
export default defineCommand({
  explain: "Lists the public keys in .gait/trust with their ids.",
  flags: {},
  needs: { read: true },
  examples: ["gait keys trust list --json"],
  async run({ effects }) {
    const rows = (await readTrustFolder(effects.files)).map(({ key, name }) => ({
      name,
      key_id: key.id,
      path: `${TRUST_FOLDER}/${name}.key`,
    }));
    return success(
      { keys: rows },
      rows.length > 0 ? columns(rows.map((row) => [row.name, dim(row.key_id)])) : [
        line(`no trusted keys in ${TRUST_FOLDER}`),
        ...nextLines(["gait keys trust add <public.key> --name <name>"]),
      ],
    );
  },
});
