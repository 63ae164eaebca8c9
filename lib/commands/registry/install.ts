import type { Effects } from "../../effects/mod.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { outputPath } from "../../formats/path.ts";
import { lower, trim } from "../../formats/text.ts";
import { InstallError } from "../../registry/failure.ts";
import { type InstallOptions, installPack, type InstallResult } from "../../registry/install.ts";
import { LOCK_PATH, readLock, recordLocked } from "../../registry/lock_file.ts";
import { pinnedDigest } from "../../registry/pin.ts";
import { parseSource, type Source } from "../../registry/source.ts";
import type { LockedPack } from "../../schema/registry.ts";
import {
  bool,
  defineCommand,
  demand,
  type FlagValues,
  integer,
  list,
  path,
  text,
  trimmed,
} from "../define.ts";

import { compact, failure, type Outcome, success } from "../outcome.ts";
import { oneTarget } from "../read_runpack_file.ts";
import { good, keyValueLines, type Line, line, nextLines, warningLines } from "../text.ts";
import { cacheArgument, cacheFlag, cacheOfFlags, delay, trustFlags, trustOfFlags } from "./flags.ts";

const ATTEMPTS = 3;

const flags = {
  source: path("path|url", "the manifest; the same as the argument"),
  ...cacheFlag,
  "allow-host": list("hosts", "hosts that may be contacted, separated by commas"),
  pin: demand(text("digest", "required digest of the pack")),
  "require-pin-match": bool("refuse a pack that the cache pins to another digest"),
  "lock-file": path("file", `lock file to record the pack in; by default ${LOCK_PATH}, if it exists`),
  frozen: bool("install only packs in the lock file; all of them if no source is given"),
  ...trustFlags,
  "with-artifacts": bool("also store the artifacts that the manifest names"),
  "retry-max-attempts": integer("number", "attempts to fetch a remote source", { default: ATTEMPTS }),
  "retry-base-delay": delay,
  "allow-insecure-http": bool("also allow http"),
  "allow-cached-fallback": bool("use the pinned pack in the cache if the source can't be reached"),
};

/** `gait registry install` (docs/spec/registry.md section 2). */
export default defineCommand({
  explain: "Verifies a signed registry pack with keys that you trust, then stores and pins it in the cache.",
  positionals: [{ name: "[path|url]", path: "file" }],
  flags,
  needs: { read: true, write: true, env: true, net: true },
  examples: [
    "gait registry install registry_pack.json --public-key acme_public.key",
    "gait registry install registry_pack.json --pin sha256:<digest> --with-artifacts",
    "gait registry install --frozen",
  ],
  async run({ flags, positionals, effects, narrow }) {
    const lockPath = outputPath(trimmed(flags["lock-file"]) ?? LOCK_PATH);
    const locked = await readLock(effects.files, lockPath);
    if (flags.frozen && locked === undefined) {
      throw invalidInput(`Cannot install from "${lockPath}": there is no lock file`, {
        hint: "Install each pack with --lock-file first, and commit the file",
      });
    }
    const given = trimmed(flags.source) ?? positionals[0];
    const rules = await rulesOf(flags, effects, flags.frozen ? locked : undefined);
    try {
      if (flags.frozen && given === undefined) return await installAll([...locked!.values()], rules, effects);
      const source = parseSource(sourceOf(flags.source, positionals));
      if (source.kind === "file") narrow({ read: true, write: true, env: true });
      const held = flags.frozen ? lockedAt(source, locked!) : undefined;
      const installed = await installPack({
        ...rules,
        source,
        pins: { ...rules.pins, pin: rules.pins.pin ?? held?.digest },
      }, effects);
      const records = !flags.frozen && (trimmed(flags["lock-file"]) !== undefined || locked !== undefined);
      if (records) await recordLocked(effects.files, lockPath, asLocked(installed, source));
      return success(encode(installed, source.shown), [
        ...describe(installed),
        ...nextLines([`gait registry show ${installed.manifest.pack.pack_name}${cacheArgument(flags)}`]),
      ]);
    } catch (error) {
      if (error instanceof InstallError) return failure(error, { failure_kind: error.kind });
      throw error;
    }
  },
});

/** The requirements that apply to every pack of this call. */
async function rulesOf(
  given: FlagValues<typeof flags>,
  effects: Effects,
  locked: ReadonlyMap<string, LockedPack> | undefined,
): Promise<Omit<InstallOptions, "source">> {
  const pin = trimmed(given.pin);
  const attempts = given["retry-max-attempts"];
  return {
    cache: cacheOfFlags(given, effects),
    trust: await trustOfFlags(given, effects),
    fetch: {
      hosts: given["allow-host"].map(lower),
      allowHttp: given["allow-insecure-http"],
      attempts: attempts > 0 ? attempts : ATTEMPTS,
      delay: given["retry-base-delay"],
    },
    pins: {
      pin: pin === undefined ? undefined : pinnedDigest(pin),
      requireMatch: given["require-pin-match"],
    },
    locked,
    cachedFallback: given["allow-cached-fallback"],
    withArtifacts: given["with-artifacts"],
  };
}

function sourceOf(flag: string | undefined, positionals: readonly string[]): string {
  const given = trim(oneTarget("source", trimmed(flag), positionals));
  if (given !== "") return given;
  throw invalidInput("Missing source: it is blank", {
    hint: "Give the path or address of a registry_pack.json",
  });
}

/** Install all packs of a lock file in its order; stop at the first one that fails. */
async function installAll(
  packs: readonly LockedPack[],
  rules: Omit<InstallOptions, "source">,
  effects: Effects,
): Promise<Outcome> {
  if (rules.pins.pin !== undefined) {
    throw invalidInput("Cannot use --pin without a source: the lock file has a digest for each pack");
  }
  const installed: [InstallResult, string][] = [];
  for (const pack of packs) {
    const source = parseSource(pack.source);
    try {
      const one = await installPack({
        ...rules,
        source,
        pins: { ...rules.pins, pin: pack.digest },
        withArtifacts: rules.withArtifacts || pack.artifacts,
      }, effects);
      installed.push([one, source.shown]);
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      return failure(error, {
        failed: pack.pack_name,
        ...(error instanceof InstallError ? { failure_kind: error.kind } : {}),
        packs: installed.map(([done, shown]) => encode(done, shown)),
      });
    }
  }
  return success(
    { installed: installed.length, packs: installed.map(([done, shown]) => encode(done, shown)) },
    installed.length === 0
      ? [line("the lock file lists no packs")]
      : installed.flatMap(([done]) => describe(done)),
  );
}

/** The pack that a lock file lists for this source. */
function lockedAt(source: Source, locked: ReadonlyMap<string, LockedPack>): LockedPack | undefined {
  return [...locked.values()].find((pack) => pack.source === source.shown);
}

function asLocked({ manifest: { pack, digest }, artifacts }: InstallResult, source: Source): LockedPack {
  return {
    pack_name: pack.pack_name,
    pack_version: pack.pack_version,
    digest,
    source: source.shown,
    artifacts: artifacts !== undefined,
  };
}

function encode(installed: InstallResult, source: string) {
  const { manifest: { pack, digest }, warnings } = installed;
  return compact({
    source,
    pack_name: pack.pack_name,
    pack_version: pack.pack_version,
    digest,
    publisher: pack.publisher,
    pack_source: pack.source,
    metadata_path: installed.metadataPath,
    pin_path: installed.pinPath,
    fallback_used: installed.fallbackPath !== undefined,
    fallback_path: installed.fallbackPath,
    artifacts: installed.artifacts,
    warnings,
  });
}

function describe(installed: InstallResult): Line[] {
  const { manifest: { pack, digest }, warnings } = installed;
  return [
    ...warningLines(warnings),
    line(good("installed"), `: ${pack.pack_name}@${pack.pack_version}`),
    ...keyValueLines({
      digest: `sha256:${digest}`,
      fallback: installed.fallbackPath,
      artifacts: installed.artifacts,
    }),
  ];
}
