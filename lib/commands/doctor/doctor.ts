import type { Effects } from "../../effects/mod.ts";
import { EXIT } from "../../errors/mod.ts";
import { diagnose, type Diagnosis, doctorContext } from "../../doctor/diagnose.ts";
import { encodeDiagnosis, isNonFixable, summaryOf } from "../../doctor/encode.ts";
import { bool, defineCommand, type FlagValues, text, trimmed } from "../define.ts";
import { keySource } from "../key_flags.ts";
import { negative, success } from "../outcome.ts";
import { bad, good, type Line, line, nextLines, warn } from "../text.ts";

const flags = {
  workdir: text("folder", "workspace; by default the working folder"),
  "output-dir": text("folder", "where outputs go, from the workspace; by default ./gait-out"),
  "key-mode": text("mode", "dev or prod; by default dev"),
  "private-key": keySource("file", "private key to check"),
  "private-key-env": keySource("variable", "environment variable that holds the private key"),
  "public-key": keySource("file", "public key to check"),
  "public-key-env": keySource("variable", "environment variable that holds the public key"),
  "production-readiness": bool("check whether everything is ready for production; fails with 2"),
  summary: bool("list only what does not pass"),
};

/** `gait doctor` (docs/spec/doctor.md section 1). */
export default defineCommand({
  explain: "Diagnoses this installation and folder, offline, and says how to mend what is wrong.",
  flags,
  flagsFirst: true,
  needs: { read: true, write: true, env: true, run: true },
  examples: ["gait doctor", "gait doctor --production-readiness --json"],
  async run(call) {
    const context = doctorContext(optionsOf(call.flags, call.version), call.effects);
    const diagnosis = await diagnose(context, { production: call.flags["production-readiness"] });
    return outcomeOf(diagnosis, call.flags, call.effects, call.version);
  },
});

function optionsOf(given: FlagValues<typeof flags>, version: string) {
  return {
    workdir: trimmed(given.workdir) ?? ".",
    outputDir: trimmed(given["output-dir"]) ?? "./gait-out",
    keyMode: given["key-mode"] ?? "",
    privateKey: given["private-key"],
    privateKeyEnv: given["private-key-env"],
    publicKey: given["public-key"],
    publicKeyEnv: given["public-key-env"],
    version,
    commands: () => Promise.resolve([]),
  };
}

function outcomeOf(
  diagnosis: Diagnosis,
  given: FlagValues<typeof flags>,
  effects: Effects,
  version: string,
) {
  const json = encodeDiagnosis(diagnosis, { now: effects.now(), version, summary: given.summary });
  const lines = describe(diagnosis, given.summary);
  if (given["production-readiness"] && diagnosis.status === "fail") {
    return negative(EXIT.verificationFailed, json, lines);
  }
  if (isNonFixable(diagnosis)) return negative(EXIT.dependencyMissing, json, lines);
  return success(json, lines);
}

const SHOWN = { pass: good, warn, fail: bad };

function describe(diagnosis: Diagnosis, summary: boolean): Line[] {
  const answers = diagnosis.answers.filter(({ finding }) => !summary || finding.status !== "pass");
  return [
    line(summaryOf(diagnosis)),
    ...answers.flatMap(({ check, finding }) => [
      line(`- ${check.id}: `, SHOWN[finding.status](finding.status), ` (${finding.message})`),
      ...(finding.fix === undefined ? [] : [line(`  fix: ${finding.fix.command}`)]),
    ]),
    ...(summary && answers.length === 0
      ? nextLines([
        "GAIT_ADOPTION_LOG=events.jsonl gait demo",
        "gait doctor adoption --from events.jsonl",
      ])
      : []),
  ];
}
