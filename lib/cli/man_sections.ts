/** Commands to try first, with a description of each. */
export const FIRST_STEPS: readonly (readonly [string, string])[] = [
  ["gait demo", "record, sign and verify a small run in ./gait-out"],
  ["gait verify run_demo", "check every byte of it, offline; change one and look again"],
  ["gait run import chat.json", "make runpacks of what your own agent did"],
  ["gait regress bootstrap --from run_demo", "turn a run into a regression test"],
];

/** The meaning of each exit status (docs/spec/core.md 3.4). */
export const EXIT_STATUSES: readonly (readonly [string, string])[] = [
  ["0", "done"],
  ["1", "internal or runtime failure"],
  ["2", "verification failed, or a difference was found"],
  ["3", "blocked by policy"],
  ["4", "approval required"],
  ["5", "regression failed"],
  ["6", "invalid input"],
  ["7", "dependency missing"],
  ["8", "unsafe operation refused"],
];

/** Environment variables that every command reads on start-up (docs/spec/core.md 3.9). */
export const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ["HOME", "run ids are also looked up in $HOME/.gait/runpacks"],
  ["NO_COLOR", "when not empty: no colours, not even on a terminal"],
  ["TERM", "dumb: no colours"],
  ["GAIT_ADOPTION_LOG", "file that gets one JSON line after each command"],
  ["GAIT_ADOPTION_WORKFLOW", "name written into these lines as workflow_id"],
  ["GAIT_OPERATIONAL_LOG", "file that gets one JSON line before and one after each command"],
  ["GAIT_TELEMETRY_HEALTH_PATH", "file that says how many log lines were written and how many failed"],
  ["GAIT_TELEMETRY_WARN", "off suppresses the warning on standard error when a log can't be written"],
];

/** Files and folders that commands use. */
export const FILES: readonly (readonly [string, string])[] = [
  ["gait-out/", "what commands write unless told otherwise"],
  ["gait-out/runpack_<run_id>.zip", "recorded runs"],
  ["~/.gait/runpacks/", "recorded runs that are found from every folder"],
  ["gait-out/keys/", "key pairs made with keys init"],
  [".gait/trust/", "public keys that verify accepts in this folder"],
  [".gait/keys/", "the development key of this folder, ignored by git"],
  ["gait.yaml, fixtures/", "regressions of this folder"],
];
