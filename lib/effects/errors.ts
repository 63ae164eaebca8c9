import { GaitError } from "../errors/mod.ts";
import { systemHint, systemReason } from "./system_reason.ts";

/** System errors that say the path or its use is wrong; everything else is a failure of the system. */
const USER_ERRORS = [
  Deno.errors.NotFound,
  Deno.errors.AlreadyExists,
  Deno.errors.PermissionDenied,
  Deno.errors.NotCapable,
  Deno.errors.NotADirectory,
  Deno.errors.IsADirectory,
  Deno.errors.FilesystemLoop,
  Deno.errors.InvalidData,
];

/** The detail of the error that a name is taken. */
export const ALREADY_THERE = "already_exists";

/** Turn an error of the system into ours; one of ours passes through. */
export function fileError(action: string, path: string, cause: unknown): GaitError {
  if (cause instanceof GaitError) return cause;
  const code = (cause as { code?: unknown } | null)?.code;
  const mine = path === "" || USER_ERRORS.some((kind) => cause instanceof kind) ||
    cause instanceof TypeError ||
    code === "ENAMETOOLONG";
  return new GaitError(
    mine ? "invalid_input" : "io_failure",
    `Cannot ${action} "${path}": ${systemReason(cause)}`,
    {
      ...systemHint(cause, path),
      cause,
      ...(cause instanceof Deno.errors.AlreadyExists ? { detail: ALREADY_THERE } : {}),
    },
  );
}

/** Do a step with a path; an error of the system becomes ours. */
export async function translate<T>(action: string, path: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw fileError(action, path, error);
  }
}

/** A stream that takes or gives nothing more. */
export function streamError(action: string, cause: unknown): GaitError {
  return new GaitError("io_failure", `Cannot ${action}: ${systemReason(cause)}`, {
    ...systemHint(cause),
    cause,
  });
}
