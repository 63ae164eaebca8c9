import type { Check } from "./check.ts";
import { BINARY } from "./checks/binary.ts";
import { OUTPUT_DIR, TEMP_DIR, WORKDIR } from "./checks/folders.ts";
import { KEY_AMBIGUITY, KEY_CONFIG, KEY_PERMISSIONS } from "./checks/keys.ts";
import {
  CONFIG,
  CONTEXT_STRICTNESS,
  KEY_MODE,
  PROFILE,
  RETENTION,
  SERVICE_BOUNDARY,
} from "./checks/production.ts";
import { CONFIG_KEYS, POLICY_LOADS, TOKEN_VARIABLE } from "./checks/further/config.ts";
import { DURABLE_WRITES, FREE_SPACE, LOCKS } from "./checks/further/disk.ts";
import { KEY_EXPOSURE, KEYS_LOAD, TRUST } from "./checks/further/keys.ts";
import { CLOCK, TORN_FILES } from "./checks/further/leftovers.ts";
import { NETWORK, PERMISSIONS } from "./checks/further/permissions.ts";
import { HOOKS_PATH, ONBOARDING_ASSETS, SCHEMA_FILES } from "./checks/repository.ts";
import { JOBS, RATE_LIMIT_LOCK, REGISTRY_CACHE } from "./checks/state.ts";

/** What is looked at without further flags, in this order (docs/spec/doctor.md 1.3). */
export const NORMAL: readonly Check[] = [
  WORKDIR,
  OUTPUT_DIR,
  JOBS,
  TEMP_DIR,
  REGISTRY_CACHE,
  RATE_LIMIT_LOCK,
  BINARY,
  KEY_AMBIGUITY,
  KEY_PERMISSIONS,
  KEY_CONFIG,
];

/** What is looked at in a checkout of the existing program too. */
export const REPOSITORY: readonly Check[] = [SCHEMA_FILES, HOOKS_PATH, ONBOARDING_ASSETS];

/** What is looked at before production (docs/spec/doctor.md 1.4). */
export const PRODUCTION: readonly Check[] = [
  WORKDIR,
  OUTPUT_DIR,
  JOBS,
  TEMP_DIR,
  KEY_AMBIGUITY,
  KEY_PERMISSIONS,
  KEY_CONFIG,
  CONFIG,
  PROFILE,
  KEY_MODE,
  RETENTION,
  SERVICE_BOUNDARY,
  CONTEXT_STRICTNESS,
];

/** What is looked at on request: the existing program has none of it, and its lists are of fixed length. */
export const FURTHER: readonly Check[] = [
  CONFIG_KEYS,
  POLICY_LOADS,
  KEYS_LOAD,
  TOKEN_VARIABLE,
  TRUST,
  KEY_EXPOSURE,
  FREE_SPACE,
  DURABLE_WRITES,
  LOCKS,
  CLOCK,
  TORN_FILES,
  PERMISSIONS,
  NETWORK,
];

/** Of these, what a configuration for production stands or falls with. */
export const LOADED: readonly Check[] = [
  CONFIG_KEYS,
  POLICY_LOADS,
  KEYS_LOAD,
  TOKEN_VARIABLE,
  TRUST,
  KEY_EXPOSURE,
];

/** Every check once. */
export const ALL: readonly Check[] = [...new Set([...NORMAL, ...REPOSITORY, ...PRODUCTION, ...FURTHER])];

/** When a check is done: always, in a checkout of the existing program, before production, or on request. */
export function setOf(check: Check): "normal" | "repo_checkout" | "production" | "further" {
  if (NORMAL.includes(check)) return "normal";
  if (REPOSITORY.includes(check)) return "repo_checkout";
  return PRODUCTION.includes(check) ? "production" : "further";
}

/** Where a check is explained. */
export function docsOf({ id }: Check): string {
  return `docs/production.md#${id}`;
}
