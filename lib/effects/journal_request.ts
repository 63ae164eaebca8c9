import type { ErrorCode } from "../errors/mod.ts";

/** What a thread that writes journals is asked to do; each journal has a number. */
export type JournalRequest =
  & { readonly number: number }
  & (
    | { readonly kind: "create"; readonly path: string }
    /** The part of the message is appended. */
    | { readonly kind: "append"; readonly sync: boolean }
    /** The first part is appended, the others are the contents of files. */
    | { readonly kind: "place"; readonly paths: readonly string[] }
    | { readonly kind: "close" | "discard" }
  );

/** An error of the program, as far as another thread can be given one. */
export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly detail: string | undefined;
}

/** What the thread responds. */
export interface JournalResponse {
  /** What became of the files that were to be created. */
  readonly placed?: readonly (boolean | SerializedError)[];
  readonly error?: SerializedError;
}

/** The module of the thread: a source, or a file of the bundle (scripts/bundle.ts). */
export const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "./journal_worker.ts" : "./journal_worker.js",
  import.meta.url,
).href;
