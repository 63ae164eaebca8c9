import type { Effects } from "../../effects/mod.ts";
import { pathArgument } from "../../formats/shell.ts";
import { lower, trim } from "../../formats/text.ts";
import { readPublishers } from "../../registry/publishers.ts";
import type { Trust } from "../../registry/trust.ts";
import { loadTrustedKeys, missingKey } from "../../signing/mod.ts";
import { demand, type FlagValues, list, path, trimmed, type ValueFlag } from "../define.ts";
import { valueFlag } from "../flags.ts";
import { invalidInput } from "../../errors/mod.ts";
import { parseDuration } from "../../formats/duration.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { cacheFolder } from "../../registry/cache.ts";

/** The flag for the cache folder. */
export const cacheFlag = {
  "cache-dir": path("folder", "cache of packs; by default .gait/registry in your home folder"),
};

/** The flags for trusted keys and publishers. */
export const trustFlags = {
  "publisher-allowlist": demand(list("names", "allowed publishers, separated by commas")),
  ...verifyKeyFlags,
};

/** The cache that a flag names, or the default one in the home folder. */
export function cacheOfFlags(flags: FlagValues<typeof cacheFlag>, { home }: Effects): string {
  return cacheFolder(trimmed(flags["cache-dir"]), home);
}

/** The cache as a command to copy must name it: nothing for the default one. */
export function cacheArgument(flags: FlagValues<typeof cacheFlag>): string {
  const given = trimmed(flags["cache-dir"]);
  return given === undefined ? "" : ` --cache-dir ${pathArgument(given)}`;
}

/**
 * The trusted keys and publishers: the keys given as flags, otherwise those of the trust folder.
 *
 * @throws {GaitError} `invalid_input` without any key
 */
export async function trustOfFlags(flags: FlagValues<typeof trustFlags>, effects: Effects): Promise<Trust> {
  const keys = await loadTrustedKeys(keySources(flags), effects);
  if (keys.source === "none") throw missingKey();
  const allowed = flags["publisher-allowlist"].map(lower);
  return { keys, publishers: await readPublishers(effects.files), allowed };
}

const DELAY = "200ms";

/** A pause in milliseconds; zero or less means the default (docs/spec/registry.md section 2). */
export const delay: ValueFlag<number> = {
  ...valueFlag<number>("duration", "duration", "pause before the second attempt", undefined, () => 0, DELAY),
  absent: milliseconds(DELAY)!,
  read(given, flag) {
    const found = milliseconds(trim(given));
    if (found !== undefined) return found > 0 ? found : milliseconds(DELAY)!;
    throw invalidInput(`Cannot use ${flag} "${given}"`, { hint: "Give a duration such as 200ms or 2s" });
  },
};

function milliseconds(text: string): number | undefined {
  const nanoseconds = parseDuration(text);
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e6;
}
