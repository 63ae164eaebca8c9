import { GaitError } from "../errors/mod.ts";
import { folderOf } from "../formats/path.ts";
import { pathArgument } from "../formats/shell.ts";

/** System errors that mean the path can't be used as requested; every other error is a failure of the system. */
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

/** What the runtime keeps from programs whatever their permissions are: devices, processes, settings of the kernel. */
const SYSTEM_FILE = /^\/(dev|proc|sys)(\/|$)/;

/** The error detail for a path that already exists. */
export const ALREADY_THERE = "already_exists";

/** Convert a system error to a {@linkcode GaitError}; a GaitError is returned unchanged. */
export function fileError(action: string, path: string, cause: unknown): GaitError {
  if (cause instanceof GaitError) return cause;
  if (cause instanceof Deno.errors.NotCapable && SYSTEM_FILE.test(path)) {
    return new GaitError("invalid_input", `Cannot ${action} "${path}": it is a file of the system`, {
      hint: "Give the path of a regular file",
      cause,
    });
  }
  const code = (cause as { code?: unknown } | null)?.code;
  const mine = path === "" || USER_ERRORS.some((kind) => cause instanceof kind) ||
    cause instanceof TypeError ||
    code === "ENAMETOOLONG";
  return new GaitError(
    mine ? "invalid_input" : "io_failure",
    `Cannot ${action} "${path}": ${systemReason(cause)}`,
    {
      ...(WRITES.includes(action) && missingFolder(cause, path) || systemHint(cause, path)),
      cause,
      ...(cause instanceof Deno.errors.AlreadyExists ? { detail: ALREADY_THERE } : {}),
    },
  );
}

/** Actions that make a file: where there is no such file, its folder is what is missing. */
const WRITES = ["write", "append to", "lock", "create"];

function missingFolder(cause: unknown, path: string): { readonly hint: string } | undefined {
  const folder = folderOf(path);
  if (codeOf(cause) !== "ENOENT" || folder === "." || folder === "") return undefined;
  return { hint: `Check the path, or make its folder: mkdir -p ${pathArgument(folder)}` };
}

/** Run a step on a path and convert its system errors. */
export async function translate<T>(action: string, path: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw fileError(action, path, error);
  }
}

/** The error of a stream that can't be read or written any more. */
export function streamError(action: string, cause: unknown): GaitError {
  return new GaitError("io_failure", `Cannot ${action}: ${systemReason(cause)}`, {
    ...systemHint(cause),
    cause,
  });
}

/** Descriptions of system error codes; Deno's own messages expose its internals. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "it is on a read-only file system",
  ENOENT: "no such file or folder",
  EEXIST: "it exists already",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  ENOTEMPTY: "the folder is not empty",
  ELOOP: "it is a circular link",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "no space is left on the device",
  EDQUOT: "the disk quota is exceeded",
  EFBIG: "the file would become too large",
  EMFILE: "this process has too many files open",
  ENFILE: "the system has too many files open",
  ENOMEM: "there is not enough memory",
  EIO: "the device failed",
  ENXIO: "there is no such device, or the pipe has no reader",
  EBUSY: "it is in use",
  ETXTBSY: "it is a program that is running",
  EXDEV: "it is on another file system",
  EPIPE: "it has no reader",
  EINVAL: "the system does not support this operation",
  ENOEXEC: "it is not an executable for this system",
  E2BIG: "the arguments are too long",
  EAGAIN: "the system is busy",
};

/** Hints by error code; `PATH` stands for the path. */
const HINTS: Readonly<Record<string, string>> = {
  EACCES: "See who may use it with: ls -ld PATH",
  EPERM: "See who may use it with: ls -ld PATH",
  EROFS: "Choose a place that can be written",
  ENOENT: "Check the path; a relative one counts from the working folder",
  EEXIST: "Choose another path, or move away what is there",
  EISDIR: "Give a file, not a folder",
  ENOTDIR: "Check the path: one of its folders is a file",
  ELOOP: "Give the path of the file itself",
  ENAMETOOLONG: "Choose a shorter name",
  ENOSPC: "Make room there, or choose another place, then try again",
  EDQUOT: "Make room there, or choose another place, then try again",
  EMFILE: "Raise the limit of open files (ulimit -n), then try again",
  ENFILE: "Wait until other programs have closed files, then try again",
  EPIPE: "Keep the program that reads the output running",
};

/** Codes of errors that the runtime represents as classes. */
function codeOf(cause: unknown): string | undefined {
  const code = (cause as { code?: unknown } | null)?.code;
  if (typeof code === "string") return code;
  const { errors } = Deno;
  const known: readonly (readonly [typeof errors.NotFound, string])[] = [
    [errors.NotFound, "ENOENT"],
    [errors.PermissionDenied, "EACCES"],
    [errors.AlreadyExists, "EEXIST"],
    [errors.IsADirectory, "EISDIR"],
    [errors.NotADirectory, "ENOTDIR"],
    [errors.FilesystemLoop, "ELOOP"],
    [errors.BrokenPipe, "EPIPE"],
    [errors.WouldBlock, "EAGAIN"],
  ];
  return known.find(([kind]) => cause instanceof kind)?.[1];
}

/** Why a system call failed, independent of the runtime's wording. */
export function systemReason(cause: unknown): string {
  if (cause instanceof TypeError) return "it holds a character that no name may have";
  if (cause instanceof Deno.errors.NotCapable) return "permission is denied";
  const code = codeOf(cause);
  if (code !== undefined && Object.hasOwn(REASONS, code)) return REASONS[code]!;
  return code === undefined ? "the system refused it" : `the system refused it (${code})`;
}

/** The hint for a system error, if its code has one. */
export function systemHint(cause: unknown, path?: string): { readonly hint?: string } {
  const code = codeOf(cause);
  if (code === undefined || !Object.hasOwn(HINTS, code)) return {};
  const hint = HINTS[code]!;
  if (!hint.includes("PATH")) return { hint };
  return path === undefined ? {} : { hint: hint.replace("PATH", () => pathArgument(path)) };
}
