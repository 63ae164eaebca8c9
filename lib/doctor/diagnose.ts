import { joinPath } from "../formats/path.ts";
import { NORMAL, PRODUCTION, REPOSITORY } from "./catalogue.ts";
import type {
  Check,
  ConfigState,
  DoctorContext,
  DoctorEffects,
  DoctorOptions,
  Finding,
  Status,
} from "./check.ts";
import { CONFIG } from "./checks/production.ts";
import { isRepoCheckout } from "./checks/repository.ts";
import { readConfig } from "./config.ts";

/** Which checks to run. */
export interface Selection {
  readonly production: boolean;
}

/** What a check found. */
export interface Answer {
  readonly check: Check;
  readonly finding: Finding;
}

/** What a diagnosis came to. */
export interface Diagnosis {
  readonly mode: "installed_binary" | "repo_checkout";
  readonly status: Status;
  readonly answers: readonly Answer[];
}

/** What checks look at; the configuration is read once, when the first asks for it. */
export function doctorContext(options: DoctorOptions, effects: DoctorEffects): DoctorContext {
  let config: Promise<ConfigState> | undefined;
  return {
    ...options,
    effects,
    output: joinPath(options.workdir, options.outputDir),
    config: () => config ??= readConfig(options.workdir, effects),
  };
}

/** Run checks one after the other; a failing one stops none of the later ones (docs/spec/doctor.md section 1). */
export async function diagnose(context: DoctorContext, selection: Selection): Promise<Diagnosis> {
  const isCheckout = await isRepoCheckout(context);
  const answers: Answer[] = [];
  for (const check of await chosen(context, selection, isCheckout)) {
    answers.push({ check, finding: await check.look(context) });
  }
  return { mode: isCheckout ? "repo_checkout" : "installed_binary", status: worst(answers), answers };
}

async function chosen(
  context: DoctorContext,
  { production }: Selection,
  isCheckout: boolean,
): Promise<readonly Check[]> {
  if (!production) return isCheckout ? [...NORMAL, ...REPOSITORY] : NORMAL;
  // Nothing can be said about the rest of a configuration that can't be read.
  const readable = (await context.config()).state !== "unreadable";
  return readable ? PRODUCTION : PRODUCTION.slice(0, PRODUCTION.indexOf(CONFIG) + 1);
}

function worst(answers: readonly Answer[]): Status {
  const found = new Set(answers.map(({ finding }) => finding.status));
  return found.has("fail") ? "fail" : found.has("warn") ? "warn" : "pass";
}
