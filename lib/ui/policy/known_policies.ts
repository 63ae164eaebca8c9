import type { Files } from "../../effects/types.ts";
import { GaitError } from "../../errors/mod.ts";
import { type LoadedPolicy, parsePolicy } from "../../policy/parse.ts";
import { fileList } from "../file_list.ts";

/** A policy file of the working folder. */
export interface KnownPolicy {
  readonly path: string;
  /** Absent when the file is no valid policy. */
  readonly loaded?: LoadedPolicy;
}

/** Most files that are looked at for policies. */
const MAX_FILES = 200;

/** Larger files are no policies: 4 MiB. */
export const MAX_POLICY_BYTES = 1 << 22;

/** Folders that usually hold policies. */
export const POLICY_FOLDERS = [".", "policies", "policy", "examples/policy", "gait-out"];

/** Names of YAML files, without those of other things: of Gait, of continuous integration, of containers. */
export const POLICY_NAME = /^(?!gait\.yaml$|action\.ya?ml$|docker-compose|compose\.|\.).*\.ya?ml$/is;

/** The policies of a working folder. */
export interface KnownPolicies {
  all(): Promise<readonly KnownPolicy[]>;
  /** The policy that a trace names by its digest. */
  byDigest(digest: string): Promise<{ readonly path: string; readonly loaded: LoadedPolicy } | undefined>;
  /** Files came or went. */
  forget(): void;
}

/** @param preferred the file to list first, valid or not */
export function knownPolicies(preferred: () => Promise<string | undefined>, files: Files): KnownPolicies {
  const cache = new Map<string, { readonly version: string; readonly loaded: LoadedPolicy | undefined }>();
  const load = async (path: string): Promise<LoadedPolicy | undefined> => {
    const info = await files.stat(path);
    if (info?.kind !== "file" || info.size > MAX_POLICY_BYTES) return undefined;
    const held = cache.get(path);
    if (held?.version === info.version) return held.loaded;
    const loaded = await ifValid(path, files);
    cache.set(path, { version: info.version, loaded });
    return loaded;
  };
  const list = fileList(POLICY_FOLDERS, POLICY_NAME, files, MAX_FILES);
  const all = async (): Promise<readonly KnownPolicy[]> => {
    const first = await preferred();
    const named = first !== undefined && await files.isFile(first) ? [first] : [];
    const found = (await list.paths()).filter((path) => path !== first);
    const policies: KnownPolicy[] = [];
    for (const path of [...named, ...found]) {
      const loaded = await load(path);
      if (loaded) policies.push({ path, loaded });
      else if (path === first) policies.push({ path });
    }
    return policies;
  };
  return {
    all,
    async byDigest(digest) {
      for (const { path, loaded } of await all()) if (loaded?.digest === digest) return { path, loaded };
      return undefined;
    },
    forget: list.forget,
  };
}

async function ifValid(path: string, files: Files): Promise<LoadedPolicy | undefined> {
  try {
    return await parsePolicy(await files.read(path, MAX_POLICY_BYTES), path);
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}
