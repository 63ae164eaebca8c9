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
import { AGENT_HOOKS } from "./checks/further/agent_hooks.ts";
import { DURABLE_WRITES, FREE_SPACE, LOCKS } from "./checks/further/disk.ts";
import { KEY_EXPOSURE, KEYS_LOAD, TRUST } from "./checks/further/keys.ts";
import { CLOCK, TORN_FILES } from "./checks/further/leftovers.ts";
import { NETWORK, PERMISSIONS } from "./checks/further/permissions.ts";
import { HOOKS_PATH, ONBOARDING_ASSETS, SCHEMA_FILES } from "./checks/repository.ts";
import { JOBS, RATE_LIMIT_LOCK, REGISTRY_CACHE } from "./checks/state.ts";

/** The checks that always run, in this order (docs/spec/doctor.md 1.3). */
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

/** Additional checks in a checkout of the existing program. */
export const REPOSITORY: readonly Check[] = [SCHEMA_FILES, HOOKS_PATH, ONBOARDING_ASSETS];

/** The production readiness checks (docs/spec/doctor.md 1.4). */
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

/** Checks on request that decide whether a production configuration works. */
export const LOADED: readonly Check[] = [
  CONFIG_KEYS,
  POLICY_LOADS,
  KEYS_LOAD,
  TOKEN_VARIABLE,
  TRUST,
  KEY_EXPOSURE,
  AGENT_HOOKS,
];

/** Checks that run on request only: the existing program does not have them, and its lists have a fixed length. */
export const FURTHER: readonly Check[] = [
  ...LOADED,
  FREE_SPACE,
  DURABLE_WRITES,
  LOCKS,
  CLOCK,
  TORN_FILES,
  PERMISSIONS,
  NETWORK,
];

/** Every check once. */
export const ALL: readonly Check[] = [...new Set([...NORMAL, ...REPOSITORY, ...PRODUCTION, ...FURTHER])];

/** When a check runs: always, in a checkout of the existing program, for production readiness, or on request. */
export function setOf(check: Check): "normal" | "repo_checkout" | "production" | "further" {
  if (NORMAL.includes(check)) return "normal";
  if (REPOSITORY.includes(check)) return "repo_checkout";
  return PRODUCTION.includes(check) ? "production" : "further";
}

/** The documentation of a check. */
export function docsOf({ id }: Check): string {
  return `docs/production.md#${id}`;
}
