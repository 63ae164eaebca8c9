import type { JsonObject } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";

/** The members that all records of a runpack share. */
export interface RecordHead {
  /** Id of its schema. */
  readonly schema_id: string;
  /** Version of its schema. */
  readonly schema_version: string;
  /** When it was created; `0001-01-01T00:00:00Z` if unknown. */
  readonly created_at: Rfc3339;
  /** Version of the program that created it. */
  readonly producer_version: string;
  /** Id of the run that it belongs to. */
  readonly run_id: string;
}

/** Something that happened during a run. */
export interface TimelineEvent {
  /** What happened. */
  readonly event: string;
  /** When. */
  readonly ts: Rfc3339;
  /** What it is about, e.g. the id of an intent; empty for nothing. */
  readonly ref: string;
}

/** A run. */
export interface Run extends RecordHead {
  /** Where it ran. */
  readonly env: { readonly os: string; readonly arch: string; readonly runtime: string };
  /** What happened, in order. */
  readonly timeline: readonly TimelineEvent[] | null;
}

/** An intent of a run. */
export interface Intent extends RecordHead {
  /** Id within the run. */
  readonly intent_id: string;
  /** The tool. */
  readonly tool_name: string;
  /** Digest of the arguments: 64 hex digits. */
  readonly args_digest: string;
  /** The arguments, if they were kept. */
  readonly args?: JsonObject | null | undefined;
}

/** The result of an intent. */
export interface Result extends RecordHead {
  /** Id of the intent. */
  readonly intent_id: string;
  /** `ok`, `error`, or a word of the program that recorded. */
  readonly status: string;
  /** Digest of the result: 64 hex digits. */
  readonly result_digest: string;
  /** The result, if it was kept. */
  readonly result?: JsonObject | null | undefined;
}

/** Proof of a piece of context that a run was given. */
export interface Receipt {
  /** Id within the run. */
  readonly ref_id: string;
  /** Kind of source. */
  readonly source_type: string;
  /** Where it is. */
  readonly source_locator: string;
  /** Digest of the question: 64 hex digits. */
  readonly query_digest: string;
  /** Digest of the answer: 64 hex digits. */
  readonly content_digest: string;
  /** When it was asked. */
  readonly retrieved_at: Rfc3339;
  /** How it was redacted. */
  readonly redaction_mode: string;
  /** `unknown`, `mutable` or `immutable`. */
  readonly immutability: string;
  /** Seconds after which it is stale; 0 for no limit. */
  readonly freshness_sla_seconds: number;
  /** How sensitive it is. */
  readonly sensitivity_label: string;
  /** How it was asked. */
  readonly retrieval_params?: JsonObject | null | undefined;
}

/** The context that a run was given. */
export interface Refs extends RecordHead {
  /** Digest of the set: 64 hex digits; empty for none. */
  readonly context_set_digest: string;
  /** `best_effort` or `required`; empty for no claim. */
  readonly context_evidence_mode: string;
  /** How many pieces. */
  readonly context_ref_count: number;
  /** One a piece. */
  readonly receipts: readonly Receipt[];
}

/** The manifest of a runpack: its files and signatures. */
export interface Manifest extends RecordHead {
  /** `reference` keeps only digests, `raw` also payloads. */
  readonly capture_mode: string;
  /** Path and SHA-256 of each file. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** Digest of the manifest without this and the signatures. */
  readonly manifest_digest: string;
  /** Signatures over that digest. */
  readonly signatures: readonly {
    readonly alg: string;
    readonly key_id: string;
    readonly sig: string;
    readonly signed_digest: string;
  }[];
}

/** The content of an intact runpack. */
export interface Runpack {
  /** The listed files and signatures of the archive. */
  readonly manifest: Manifest;
  /** The run itself. */
  readonly run: Run;
  /** The intents, in order. */
  readonly intents: readonly Intent[];
  /** The results. */
  readonly results: readonly Result[];
  /** The context. */
  readonly refs: Refs;
}

/** A run to record, every member filled in. */
export interface RecordInput extends Omit<Runpack, "manifest"> {
  /** `reference` or `raw`; empty for `reference`. */
  readonly capture_mode: string;
  /** Payloads by intent id to digest instead of those in the records. */
  readonly normalization: {
    /** Arguments. */
    readonly intent_args?: JsonObject | null | undefined;
    /** Results. */
    readonly result_payloads?: JsonObject | null | undefined;
  };
}

/** A record as input: times are RFC 3339 texts, and missing members are taken from the run. */
export type Sparse<T extends object> =
  & { readonly [K in Exclude<keyof T, keyof RecordHead>]?: Loose<T[K]> }
  & { readonly [K in keyof RecordHead]?: string };

/** A member as input. */
export type Loose<T> = T extends Rfc3339 ? string : T;

/** A run to record, as input: a literal with an unknown member does not compile. */
export interface RecordRequest {
  /** The run; only its id is required. */
  readonly run: {
    /** One path segment, at most 200 bytes. */
    readonly run_id: string;
    /** Id of its schema. */
    readonly schema_id?: string;
    /** Version of its schema. */
    readonly schema_version?: string;
    /** RFC 3339; the time of recording unless given. */
    readonly created_at?: string;
    /** Version of the program that ran. */
    readonly producer_version?: string;
    /** Where it ran. */
    readonly env?: { readonly os?: string; readonly arch?: string; readonly runtime?: string };
    /** What happened, in order; `ts` is RFC 3339. */
    readonly timeline?:
      | readonly { readonly event: string; readonly ts: string; readonly ref?: string }[]
      | null;
  };
  /** The intents, in order; each needs its id, its tool, and arguments or their digest. */
  readonly intents?: readonly (Sparse<Intent> & { readonly intent_id: string; readonly tool_name: string })[];
  /** The results; each needs the id of its intent, a status, and a result or its digest. */
  readonly results?: readonly (Sparse<Result> & { readonly intent_id: string; readonly status: string })[];
  /** The context. */
  readonly refs?:
    & Omit<Sparse<Refs>, "receipts">
    & { readonly receipts?: readonly { readonly [K in keyof Receipt]?: Loose<Receipt[K]> }[] };
  /** `reference` unless given. */
  readonly capture_mode?: string;
  /** Payloads by intent id to digest instead of those in the records. */
  readonly normalization?: RecordInput["normalization"];
}
