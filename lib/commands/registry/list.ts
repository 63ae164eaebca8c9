import { isInPlace, listCache } from "../../registry/list.ts";
import { defineCommand } from "../define.ts";
import { compact, success } from "../outcome.ts";
import { dim, line, warningLines } from "../text.ts";
import { cacheFlag, cacheOfFlags } from "./flags.ts";

/** `gait registry list` (docs/spec/registry.md section 3). */
export default defineCommand({
  explain: "Lists the packs in the cache and whether each one is pinned.",
  flags: { ...cacheFlag },
  needs: { read: true },
  examples: ["gait registry list --json"],
  async run({ flags, effects }) {
    const { packs, skipped } = await listCache(effects.files, cacheOfFlags(flags, effects));
    return success(
      compact({
        packs: packs.map((pack) => ({
          pack_name: pack.manifest.pack.pack_name,
          pack_version: pack.manifest.pack.pack_version,
          digest: pack.manifest.digest,
          metadata_path: pack.path,
          pin_path: pack.pinPath,
          ...(pack.pin === undefined ? {} : { pin_digest: pack.pin }),
          pin_verified: pack.pinVerified,
          ...(isInPlace(pack) ? {} : { misplaced: true }),
        })),
        skipped: skipped.map(({ path, reason }) => ({ path, reason })),
      }),
      [
        line(`packs: ${packs.length}`),
        ...packs.map(({ manifest: { pack, digest }, pinVerified }) =>
          line(
            `- ${pack.pack_name}@${pack.pack_version} sha256:${digest}`,
            dim(pinVerified ? " (pinned)" : ""),
          )
        ),
        ...warningLines(skipped.map(({ path, reason }) => `skipped ${path}: ${reason}`)),
      ],
    );
  },
});
