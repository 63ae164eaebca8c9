import type { ErrorCode } from "../errors/mod.ts";

/** What the thread of a disk is asked to do; each journal and each appender has a number. */
export type Question =
  & { readonly number: number }
  & (
    | { readonly kind: "create"; readonly path: string }
    /** The part of the message is appended. */
    | { readonly kind: "append"; readonly sync: boolean }
    /** The first part is appended, the others are the contents of files. */
    | { readonly kind: "place"; readonly early: boolean; readonly paths: readonly string[] }
    | { readonly kind: "close" | "discard" }
    /** The part is appended to a file of this size, which stays open until the `end`. */
    | { readonly kind: "append_at"; readonly path: string; readonly size: number; readonly sync: boolean }
    | { readonly kind: "end" }
  );

/** An error of the program, as far as another thread can be given one. */
export interface GivenError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly detail: string | undefined;
}

/** What the thread answers. */
export interface GivenAnswer {
  /** What became of the files that were to be created. */
  readonly placed?: readonly (boolean | GivenError)[];
  /** The version of the file that was appended to. */
  readonly version?: string | undefined;
  readonly error?: GivenError;
}

/** The module of the thread: a source, or a file of the bundle (scripts/bundle.ts). */
export const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "./disk_worker.ts" : "./disk_worker.js",
  import.meta.url,
).href;
