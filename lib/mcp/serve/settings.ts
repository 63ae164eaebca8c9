import type { ContextEnvelope } from "../../schema/context.ts";
import type { Adapter } from "../adapters/table.ts";

/** Where a server keeps evidence; what is absent is not made. */
export interface EvidenceFolders {
  readonly trace: string;
  readonly session: string;
  readonly runpack?: string | undefined;
  readonly pack?: string | undefined;
}

/** How long a server keeps what it made; what is 0 does not count. */
export interface Keep {
  /** Nanoseconds. */
  readonly maxAge: bigint;
  readonly maxCount: number;
}

/** The kinds of evidence that a server removes when they are old. */
export type EvidenceClass = keyof EvidenceFolders;
export const EVIDENCE_CLASSES: readonly EvidenceClass[] = ["trace", "runpack", "pack", "session"];

/** How calls are served. */
export interface ServeSettings {
  readonly adapter: Adapter;
  readonly envelope?: ContextEnvelope | undefined;
  readonly jobRoot: string;
  readonly folders: EvidenceFolders;
  readonly log?: string | undefined;
  readonly otel?: string | undefined;
  readonly retention: Readonly<Record<EvidenceClass, Keep>>;
  readonly allowClientPaths: boolean;
  /** Files and folders that decisions are made of: no client may have them replaced, and retention spares them. */
  readonly inputs: readonly string[];
  /** Whether the status of the answer tells the verdict. */
  readonly verdictStatus: "compat" | "strict";
}
