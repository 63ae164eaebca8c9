import type { ContextEnvelope } from "../../schema/context.ts";
import type { Adapter } from "../adapters/table.ts";

/** The folders of evidence; evidence without a folder is not written. */
export interface EvidenceFolders {
  readonly trace: string;
  readonly session: string;
  readonly runpack?: string | undefined;
  readonly pack?: string | undefined;
}

/** Limits for keeping evidence; 0 means no limit. */
export interface Retention {
  /** Nanoseconds. */
  readonly maxAge: bigint;
  readonly maxCount: number;
}

/** The classes of evidence, each of which has its own retention. */
export type EvidenceClass = keyof EvidenceFolders;
export const EVIDENCE_CLASSES: readonly EvidenceClass[] = ["trace", "runpack", "pack", "session"];

/** The settings of a server. */
export interface ServeOptions {
  readonly adapter: Adapter;
  readonly envelope?: ContextEnvelope | undefined;
  readonly jobRoot: string;
  readonly folders: EvidenceFolders;
  readonly log?: string | undefined;
  readonly otel?: string | undefined;
  readonly retention: Readonly<Record<EvidenceClass, Retention>>;
  readonly allowClientPaths: boolean;
  /** Files and folders that decisions depend on: no client may overwrite them, and retention spares them. */
  readonly inputs: readonly string[];
  /** `strict` expresses the verdict by the HTTP status. */
  readonly verdictStatus: "compat" | "strict";
}
