/** Areas whose cases must pass, but for those in LATER. */
export const FINISHED_AREAS: readonly string[] = ["core", "gate", "tokens", "sessions", "pack", "voice"];

/** Cases of finished areas whose command comes with a later area and is not offered before. */
export const LATER: Readonly<Record<string, string>> = {
  "core/demo-durable": "comes with the job area",
};

/** Finished cases of areas that are not finished as a whole, by the begin of their names. */
export const FINISHED_CASES: readonly string[] = [
  "regress/bootstrap-",
  "regress/candidate-",
  "regress/context-",
  "regress/expected-",
  "regress/init-bad-names",
  "regress/init-from-runpack",
  "regress/init-from-session-chain",
  "regress/init-overwrites",
  "regress/init-scan",
  "regress/multi-fixture-order",
  "regress/replay-error-",
  "regress/run-",
  "regress/trajectory-",
  "regress/verdict-",
];
