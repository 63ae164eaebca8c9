/** Names of the entries of packs (docs/spec/pack.md 1.1). */
export const PACK_ENTRY = {
  manifest: "pack_manifest.json",
  proof: "proof_records.jsonl",
  runPayload: "run_payload.json",
  runpack: "source/runpack.zip",
  envelope: "context_envelope.json",
  jobPayload: "job_payload.json",
  jobState: "job_state.json",
  jobEvents: "job_events.jsonl",
  callPayload: "call_payload.json",
  authorization: "authorization_bundle.json",
  runAuthorization: "run_authorization.json",
} as const;

/** Folder of the evidence that the authorization of a run links (docs/spec/pack.md 1.8). */
export const RUN_EVIDENCE_FOLDER = "authorization/";

/** Kinds of pack. */
export const PACK_TYPES = ["run", "job", "call", "authorization"] as const satisfies readonly PackType[];

/** The kind of a pack. */
export type PackType = "run" | "job" | "call" | "authorization";

/** Schema ids of the documents of packs. */
export const PACK_SCHEMA_ID = {
  manifest: "gait.pack.manifest",
  run: "gait.pack.run",
  job: "gait.pack.job",
  call: "gait.pack.call",
  authorization: "gait.pack.authorization",
  diff: "gait.pack.diff",
  output: "gait.pack.output",
} as const;

/** Version for packs whose producer has none. */
export const NO_VERSION = "0.0.0-dev";
