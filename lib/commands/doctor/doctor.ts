import { EXIT } from "../../errors/mod.ts";
import { ALL, docsOf, setOf } from "../../doctor/catalogue.ts";
import type { CommandNeeds, DoctorContext, DoctorOptions } from "../../doctor/check.ts";
import {
  diagnose,
  type Diagnosis,
  doctorContext,
  failedToLoad,
  type Selection,
} from "../../doctor/diagnose.ts";
import { encodeDiagnosis, isNonFixable } from "../../doctor/encode.ts";
import {
  describeRepair,
  type DoneRepair,
  type PlannedRepair,
  planRepairs,
  repairAll,
} from "../../doctor/repair.ts";
import { outputPath } from "../../formats/path.ts";
import { confirm } from "../confirm.ts";
import { bool, type Call, defineCommand, names, path, text, trimmed } from "../define.ts";
import { keySource } from "../key_flags.ts";
import { compact, negative, type Outcome, success } from "../outcome.ts";
import { columns, type Line, line } from "../text.ts";
import { describeDiagnosis, describeRepairs } from "./report.ts";

const flags = {
  workdir: path("folder", "workspace; by default the working folder"),
  "output-dir": path("folder", "where outputs go, from the workspace; by default ./gait-out"),
  "key-mode": text("mode", "dev or prod; by default dev"),
  "private-key": keySource("file", "private key to check"),
  "private-key-env": keySource("variable", "environment variable that holds the private key"),
  "public-key": keySource("file", "public key to check"),
  "public-key-env": keySource("variable", "environment variable that holds the public key"),
  "production-readiness": bool("check whether everything is ready for production; exit with 2 if not"),
  summary: bool("list only what does not pass"),
  all: bool("also run the further checks: loading keys and policy, disk, clock, permissions"),
  strict: bool("run all checks, and exit with 2 if one fails"),
  only: names("id", "run only these checks"),
  "list-checks": bool("list the checks and do nothing else"),
  fix: bool("show what can be fixed, ask for confirmation, and fix it"),
  yes: bool("fix without asking"),
  report: path("file.zip", "write a support bundle without secrets"),
};

type DoctorCall = Call<typeof flags>;

/** `gait doctor` (docs/spec/doctor.md section 1). */
export default defineCommand({
  explain: "Diagnoses this installation and folder, offline, and says how to fix each problem.",
  flags,
  flagsFirst: true,
  needs: { read: true, write: true, env: true, run: true },
  examples: [
    "gait doctor",
    "gait doctor --production-readiness --strict --json",
    "gait doctor --production-readiness --fix",
    "gait doctor --report support.zip",
  ],
  async run(call) {
    const { flags, effects } = call;
    if (flags["list-checks"]) return listChecks();
    const bundle = trimmed(flags.report);
    const target = bundle === undefined ? undefined : outputPath(bundle);
    if (target !== undefined) await effects.files.checkOutput(target);
    const options = optionsOf(call);
    const selection: Selection = {
      production: flags["production-readiness"],
      further: flags.all || flags.strict || target !== undefined,
      only: flags.only,
    };
    const look = async () => {
      const context = doctorContext(options, effects);
      return { context, diagnosis: await diagnose(context, selection) };
    };
    let seen = await look();
    let repairs: readonly DoneRepair[] | undefined;
    if (flags.fix) {
      const plan = planRepairs(seen.diagnosis);
      await consent(plan, call);
      repairs = await repairAll(effects.files, plan);
      seen = await look();
    }
    return await outcomeOf(seen.context, seen.diagnosis, call, repairs, target);
  },
});

function optionsOf({ flags: given, version, commands }: DoctorCall): DoctorOptions {
  return {
    workdir: trimmed(given.workdir) ?? ".",
    outputDir: trimmed(given["output-dir"]) ?? "./gait-out",
    keyMode: given["key-mode"] ?? "",
    privateKey: given["private-key"],
    privateKeyEnv: given["private-key-env"],
    publicKey: given["public-key"],
    publicKeyEnv: given["public-key-env"],
    version,
    async commands(): Promise<readonly CommandNeeds[]> {
      const found: CommandNeeds[] = [];
      for (const { name, load } of await commands()) {
        const { default: { needs } } = await load();
        found.push({ name, needs: Object.keys(needs).sort() });
      }
      return found;
    },
  };
}

function listChecks(): Outcome {
  const checks = ALL.map((check) => ({
    id: check.id,
    title: check.title,
    scope: check.scope,
    set: setOf(check),
    docs: docsOf(check),
  }));
  return success({ checks }, columns(checks.map(({ id, title, set }) => [id, `${title} (${set})`])));
}

/** Show a plan, also where nobody can confirm it, and ask for confirmation, which `--yes` gives beforehand. */
async function consent(
  plan: readonly PlannedRepair[],
  { flags, effects, notify }: DoctorCall,
): Promise<void> {
  if (plan.length === 0 || flags.yes) return;
  for (const { id, repair } of plan) notify(line(`- ${id}: ${describeRepair(repair)}`));
  await confirm([], "Do this?", "give --yes to apply the listed fixes", effects);
}

async function outcomeOf(
  context: DoctorContext,
  diagnosis: Diagnosis,
  { flags, effects, version }: DoctorCall,
  repairs: readonly DoneRepair[] | undefined,
  target: string | undefined,
): Promise<Outcome> {
  const { "production-readiness": production, summary, strict, all, only } = flags;
  const looksAtAll = strict || all || target !== undefined || only.length > 0;
  const uncounted = looksAtAll ? [] : await failedToLoad(context);
  const result = {
    ...encodeDiagnosis(diagnosis, { now: effects.now(), version, summary }),
    ...(repairs && { repairs: repairs.map(encodeRepair) }),
    ...compact({ further_failed: uncounted }),
  };
  if (target !== undefined) {
    const { supportBundle } = await import("../../doctor/support_bundle.ts");
    await effects.files.writeOutput(target, await supportBundle(result, context));
  }
  const json = { ...result, ...compact({ report_path: target }) };
  const lines: Line[] = [
    ...describeRepairs(repairs ?? []),
    ...describeDiagnosis(diagnosis, summary, uncounted),
    ...(target === undefined ? [] : [line(`report: ${target}`)]),
  ];
  const counts = production || strict;
  if (counts && diagnosis.status === "fail") return negative(EXIT.verificationFailed, json, lines);
  if (isNonFixable(diagnosis)) return negative(EXIT.dependencyMissing, json, lines);
  return success(json, lines);
}

function encodeRepair({ id, repair, error }: DoneRepair) {
  return { id, action: repair.kind, path: repair.path, done: error === undefined, ...compact({ error }) };
}
