import { ASPECTS, CONFIG_FILE, type InitOptions, RESULT_FILE, type RunOptions } from "../../regress/mod.ts";
import { bool, demand, type FlagValues, names, path, paths, required, text } from "../define.ts";

/** Flags of the commands that create a fixture (docs/spec/regress.md 1.1). */
export const sourceFlags = {
  from: required(path("run_id|path", "the run: a run id, a runpack, a pack of a run, or a session chain")),
  name: text("name", "name of the fixture; taken from the run id by default"),
  checkpoint: text("latest|n", "which checkpoint of a session chain; the latest by default"),
  force: bool("do not keep the recording of another run, and replace a config that can't be extended"),
  keep: bool("keep the expectations of an existing fixture, replace only its recording"),
  never: names("tool", "a tool that no run may call"),
  must: names("tool", "a tool that every run must call"),
  "allow-empty": bool("also create a fixture from a run without tool calls"),
};

/** Flags of the commands that run fixtures. */
export const runFlags = {
  config: path("file", "config to run", { default: CONFIG_FILE }),
  output: path("file", "path of the result", { default: RESULT_FILE }),
  junit: path("file", "also write a JUnit report"),
  "junit-jenkins": bool("omit from that report what the schema of Jenkins doesn't allow"),
  candidate: demand(paths(
    "run_id|path",
    "another run of the same task to compare with; <fixture>=<run>,… for one per fixture",
  )),
  candidates: demand(path("folder", "a folder of runs of the same task, with a subfolder for each fixture")),
  "at-least": demand(text("passes/runs", "how many of these runs must pass, e.g. 8/10; all by default")),
  accept: names("fixture", "accept the candidate of this fixture as its new expectation"),
  github: bool("also print annotations for GitHub Actions"),
  sarif: path("file", "also write a SARIF report of the failures"),
  "context-conformance": bool("require the same context in every fixture"),
  "also-compare": names("aspect", `also compare the ${ASPECTS.join(", ")} of the recordings`),
  "allow-context-runtime-drift": bool("accept a context that differs only in its retrieval time"),
  "allow-nondeterministic": bool("accepted for compatibility; all graders are deterministic"),
};

/** The options of a new fixture from its flags. */
export function initOptions(flags: FlagValues<typeof sourceFlags>): InitOptions {
  const { name, checkpoint, keep, never, must, "allow-empty": allowEmpty, force } = flags;
  return { name, checkpoint, keep, never, must, allowEmpty, force };
}

/** The options of a run from its flags. */
export function runOptions(flags: FlagValues<typeof runFlags>): RunOptions {
  return {
    config: flags.config,
    output: flags.output,
    junit: flags.junit,
    junitJenkins: flags["junit-jenkins"],
    contextConformance: flags["context-conformance"],
    allowRuntimeDrift: flags["allow-context-runtime-drift"],
    alsoCompare: flags["also-compare"],
    candidates: flags.candidate,
    candidateFolder: flags.candidates,
    atLeast: flags["at-least"],
    accept: flags.accept,
    sarif: flags.sarif,
  };
}

/** Flags whose name is not the option's name in kebab case. */
export const runFlagOf = { candidates: "candidate", candidateFolder: "candidates" };
