import { GaitError, messageOf } from "../../errors/mod.ts";
import { decodeUtf8 } from "../../formats/bytes.ts";
import { joinPath } from "../../formats/path.ts";
import { findDivergences } from "../../job/divergences.ts";
import { namesIn, PINS } from "../../registry/cache.ts";
import { MANIFEST_NAME } from "../../registry/manifest.ts";
import { pinnedDigest } from "../../registry/pin.ts";
import { isHexDigest } from "../../signing/mod.ts";
import { type Check, type DoctorEffects, fail, pass, warn } from "../check.ts";
import { makeFolder, quoted, removeFile } from "../fixes.ts";
import { placeOf } from "../place.ts";

/** The state of each job is consistent with its log. */
export const JOBS: Check = {
  id: "job_runtime_durability",
  scope: "universal",
  title: "The state of each job agrees with its log",
  async look({ output, effects: { files } }) {
    const root = joinPath(output, "jobs");
    const place = await placeOf(files, root);
    if (place.kind === "missing") return pass("there are no jobs");
    if (place.kind === "blocked") return fail(`the jobs can't be accessed: ${place.reason}`);
    if (place.info.kind !== "folder") return fail("the path of the jobs is not a folder");
    try {
      const found = await findDivergences(root, files);
      if (found.length === 0) return pass("state and log of each job agree");
      return fail(found.map(({ jobId, kind }) => `${jobId}:${kind}`).join(","));
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      return fail(`a job can't be read: ${messageOf(error)}`);
    }
  },
};

/** Every pin of the cache names an existing pack. */
export const REGISTRY_CACHE: Check = {
  id: "registry_cache",
  scope: "universal",
  title: "Each pin of the registry cache names an existing pack",
  async look({ effects }) {
    const make = {
      ...makeFolder(`${effects.home ?? "~"}/.gait/registry`),
      command: "mkdir -p ~/.gait/registry",
    };
    if (effects.home === undefined) return warn("the home folder is unknown", { command: make.command });
    const cache = joinPath(effects.home, ".gait/registry");
    const place = await placeOf(effects.files, cache);
    if (place.kind !== "there") return warn("there is no registry cache", make);
    if (place.info.kind !== "folder") return fail("the registry cache is not a folder");
    const broken = await brokenPins(cache, effects);
    if (broken === 0) return pass("the registry cache is consistent");
    const argv = ["gait", "registry", "list", "--cache-dir", cache];
    return warn(`${broken} pins do not name a pack in the cache`, {
      command: `${argv.slice(0, 4).join(" ")} ${quoted(cache)}`,
      argv,
    });
  },
};

async function brokenPins(cache: string, { files }: DoctorEffects): Promise<number> {
  const pins = (await namesIn(files, `${cache}/${PINS}`)).filter((name) => name.endsWith(".pin"));
  if (pins.length === 0) return 0;
  const held = new Set<string>();
  for (const name of await namesIn(files, cache)) {
    for (const version of await namesIn(files, `${cache}/${name}`)) {
      for (const digest of await namesIn(files, `${cache}/${name}/${version}`)) {
        const path = `${cache}/${name}/${version}/${digest}/${MANIFEST_NAME}`;
        if ((await files.stat(path))?.kind === "file") held.add(digest);
      }
    }
  }
  let broken = 0;
  for (const pin of pins) {
    const digest = await readDigest(`${cache}/${PINS}/${pin}`, files);
    if (digest === undefined || !isHexDigest(digest) || !held.has(digest)) broken++;
  }
  return broken;
}

async function readDigest(path: string, files: DoctorEffects["files"]): Promise<string | undefined> {
  try {
    return pinnedDigest(decodeUtf8(await files.read(path, 1024)));
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return undefined;
  }
}

/** An orphaned lock would make the gate wait. */
const STALE_MS = 30_000;

/** No lock of the rate limits was left behind. */
export const RATE_LIMIT_LOCK: Check = {
  id: "gate_rate_limit_lock",
  scope: "universal",
  title: "No lock of the rate limits was left behind",
  async look({ output, effects: { files, now } }) {
    const path = joinPath(output, "gate_rate_limits.json.lock");
    const place = await placeOf(files, path);
    if (place.kind === "missing") return pass("there is no lock");
    if (place.kind === "blocked") return warn(`the lock can't be accessed: ${place.reason}`);
    if (place.info.kind === "folder") return warn("the path of the lock is a folder");
    if (now() - place.info.modified <= STALE_MS) return pass("the lock is in use");
    const info = await files.stat(path);
    return warn("the lock was left behind", info && removeFile(path, info));
  },
};
