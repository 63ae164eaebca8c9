/** The version that all records carry. */
export const RECORD_VERSION = "1.0.0";

/** Names of the five entries. */
export const ENTRY = {
  manifest: "manifest.json",
  run: "run.json",
  intents: "intents.jsonl",
  results: "results.jsonl",
  refs: "refs.json",
} as const;

/** The entries that a manifest must list, in order. */
export const REQUIRED_ENTRIES = [ENTRY.intents, ENTRY.refs, ENTRY.results, ENTRY.run] as const;

/** Schema ids of the five kinds of record. */
export const SCHEMA_ID = {
  manifest: "gait.runpack.manifest",
  run: "gait.runpack.run",
  intent: "gait.runpack.intent",
  result: "gait.runpack.result",
  refs: "gait.runpack.refs",
} as const;
