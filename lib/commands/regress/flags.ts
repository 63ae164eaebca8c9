import { type InitRequest, type RunRequest, toolRules } from "../../regress/mod.ts";
import { blankText, bool, type FlagValues, names } from "../define.ts";

/** Flags of the commands that make a fixture (docs/spec/regress.md 1.1). */
export const sourceFlags = {
  from: blankText("run_id|path", "the run: a run id, a runpack, a pack of a run, or a session chain"),
  name: blankText("name", "name of the fixture; taken from the run id by default"),
  checkpoint: blankText("latest|n", "which checkpoint of a session chain", { default: "latest" }),
  force: bool("replace a fixture that holds the recording of another run"),
  keep: bool("keep the expectations of an existing fixture, replace only its recording"),
  never: names("tool", "a tool that no run may call"),
  must: names("tool", "a tool that every run must call"),
  "allow-empty": bool("also make a fixture of a run that called nothing"),
};

/** Flags of the commands that run fixtures. */
export const runFlags = {
  config: blankText("file", "config to run", { default: "gait.yaml" }),
  output: blankText("file", "where the result goes", { default: "regress_result.json" }),
  junit: blankText("file", "also write a JUnit report"),
  candidate: blankText(
    "run_id|path",
    "another run of the same task to compare with; <fixture>=<run>,… for one each",
  ),
  "context-conformance": bool("demand the same context of every fixture"),
  "allow-context-runtime-drift": bool("accept a context that was only retrieved at another time"),
  "allow-nondeterministic": bool("accepted for compatibility; all graders are deterministic"),
};

/** What the flags ask of a new fixture. */
export function initRequest(flags: FlagValues<typeof sourceFlags>): InitRequest {
  return {
    from: flags.from,
    name: flags.name,
    checkpoint: flags.checkpoint,
    keep: flags.keep,
    rules: toolRules(flags.never, flags.must),
    allowEmpty: flags["allow-empty"],
    force: flags.force,
  };
}

/** What the flags ask of a run, apart from candidates. */
export function runRequest(flags: FlagValues<typeof runFlags>): RunRequest {
  return {
    config: flags.config,
    output: flags.output,
    junit: flags.junit,
    contextConformance: flags["context-conformance"],
    allowRuntimeDrift: flags["allow-context-runtime-drift"],
  };
}
