import type { ErrorCode } from "../errors/mod.ts";
import type { Extended, Extension, JournalPart } from "./types.ts";

/** What a thread that writes journals is asked to do; each journal has a number. */
export type JournalRequest =
  | { readonly kind: "let_go"; readonly path: string }
  | NumberedRequest;

type NumberedRequest =
  & { readonly number: number }
  & (
    | { readonly kind: "create"; readonly path: string }
    /** The part of the message is appended. */
    | { readonly kind: "append"; readonly sync: boolean }
    /** The parts of the message are the contents of files, then the bytes of extensions. */
    | {
      readonly kind: "place";
      readonly line: readonly JournalPart[];
      readonly paths: readonly string[];
      readonly extensions: readonly Omit<Extension, "bytes">[];
    }
    | { readonly kind: "close" | "discard" }
  );

/** An error of the program, as far as another thread can be given one. */
export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly detail: string | undefined;
}

/** What became of an extension, as far as another thread can be told. */
export type SerializedExtended =
  | Exclude<Extended, { readonly kind: "failed" }>
  | { readonly kind: "failed"; readonly error: SerializedError };

/** What the thread responds. */
export interface JournalResponse {
  /** Bytes that were appended. */
  readonly grown?: number;
  /** What became of the files that were to be created. */
  readonly placed?: readonly (boolean | SerializedError)[];
  readonly extended?: readonly SerializedExtended[];
  readonly error?: SerializedError;
}

/** The module of the thread: a source, or a file of the bundle (scripts/bundle.ts). */
export const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "./journal_worker.ts" : "./journal_worker.js",
  import.meta.url,
).href;
