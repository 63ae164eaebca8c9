import { GaitError, invalidInput } from "../errors/mod.ts";
import { joinPath } from "../formats/path.ts";
import { suggest } from "../formats/suggest.ts";
import { ALL, FURTHER, LOADED, NORMAL, PRODUCTION, REPOSITORY } from "./catalogue.ts";
import {
  type Check,
  type ConfigState,
  type DoctorContext,
  type DoctorEffects,
  type DoctorOptions,
  fail,
  type Finding,
  type Status,
} from "./check.ts";
import { CONFIG } from "./checks/production.ts";
import { isRepoCheckout } from "./checks/repository.ts";
import { readConfig } from "./config.ts";

/** Which checks to run. */
export interface Selection {
  readonly production: boolean;
  /** Also run those that the existing program does not have. */
  readonly further: boolean;
  /** Only these, by id; all selected ones if empty. */
  readonly only: readonly string[];
}

/** A check with its finding. */
export interface CheckResult {
  readonly check: Check;
  readonly finding: Finding;
}

/** The result of a diagnosis. */
export interface Diagnosis {
  readonly mode: "installed_binary" | "repo_checkout";
  readonly status: Status;
  readonly results: readonly CheckResult[];
}

/** The context for checks; the configuration is read lazily and once. */
export function doctorContext(options: DoctorOptions, effects: DoctorEffects): DoctorContext {
  let config: Promise<ConfigState> | undefined;
  return {
    ...options,
    effects,
    output: joinPath(options.workdir, options.outputDir),
    config: () => config ??= readConfig(options.workdir, effects),
  };
}

/**
 * Run checks one after the other; a failure does not stop the later ones (docs/spec/doctor.md section 1).
 *
 * @throws {GaitError} `invalid_input` for an unknown check id
 */
export async function diagnose(context: DoctorContext, selection: Selection): Promise<Diagnosis> {
  const isCheckout = await isRepoCheckout(context);
  const results: CheckResult[] = [];
  for (const check of await chosen(context, selection, isCheckout)) {
    results.push({ check, finding: await look(check, context) });
  }
  return { mode: isCheckout ? "repo_checkout" : "installed_binary", status: worst(results), results };
}

/** What a check finds; one that can't look, such as into a folder of another user, has failed. */
async function look(check: Check, context: DoctorContext): Promise<Finding> {
  try {
    return await check.look(context);
  } catch (error) {
    if (error instanceof GaitError) return fail(`it can't be checked: ${error.message}`);
    throw error;
  }
}

/**
 * The checks of loaded files that fail, for a diagnosis that does not count them: a configuration whose policy does
 * not load must not look ready.
 */
export async function failedToLoad(context: DoctorContext): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const check of LOADED) {
    if ((await look(check, context)).status === "fail") failed.push(check.id);
  }
  return failed;
}

async function chosen(
  context: DoctorContext,
  { production, further, only }: Selection,
  isCheckout: boolean,
): Promise<readonly Check[]> {
  if (only.length > 0) return [...new Set(only.map(named))];
  const basic = production
    ? await beforeProduction(context)
    : isCheckout
    ? [...NORMAL, ...REPOSITORY]
    : NORMAL;
  return further ? [...basic, ...FURTHER] : basic;
}

/** If the configuration can't be read, the checks of its content are skipped. */
async function beforeProduction(context: DoctorContext): Promise<readonly Check[]> {
  const readable = (await context.config()).state !== "unreadable";
  return readable ? PRODUCTION : PRODUCTION.slice(0, PRODUCTION.indexOf(CONFIG) + 1);
}

function named(id: string): Check {
  const found = ALL.find((check) => check.id === id);
  if (found) return found;
  const meant = suggest(id, ALL.map((check) => check.id));
  throw invalidInput(`Cannot run check "${id}": there is no check of that name`, {
    hint: meant === undefined ? "List them: gait doctor --list-checks" : `Did you mean ${meant}?`,
  });
}

function worst(results: readonly CheckResult[]): Status {
  const found = new Set(results.map(({ finding }) => finding.status));
  return found.has("fail") ? "fail" : found.has("warn") ? "warn" : "pass";
}
