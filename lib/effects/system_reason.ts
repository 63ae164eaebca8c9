/** What the codes of the system mean; Deno's own texts name its internals. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "it is on a file system that can only be read",
  ENOENT: "no such file or folder",
  EEXIST: "it exists already",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is no folder",
  ENOTEMPTY: "the folder is not empty",
  ELOOP: "it is a link that leads to itself",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "no space is left on the device",
  EDQUOT: "the quota of disk space is used up",
  EFBIG: "the file would become too large",
  EMFILE: "this process has too many files open",
  ENFILE: "the system has too many files open",
  ENOMEM: "there is not enough memory",
  EIO: "the device failed",
  ENXIO: "there is no such device, or nobody reads the pipe",
  EBUSY: "it is in use",
  ETXTBSY: "it is a program that is running",
  EXDEV: "it is on another file system",
  EPIPE: "nobody reads it",
  EINVAL: "the system does not support this here",
  ENOEXEC: "it is no program for this system",
  E2BIG: "the arguments are too long",
  EAGAIN: "the system is busy",
};

/** Why the system refused something, in words that do not depend on the runtime. */
export function systemReason(cause: unknown): string {
  if (cause instanceof TypeError) return "it holds a character that no name may have";
  const code = (cause as { code?: unknown } | null)?.code;
  if (typeof code === "string" && Object.hasOwn(REASONS, code)) return REASONS[code]!;
  if (cause instanceof Deno.errors.NotFound) return REASONS.ENOENT!;
  if (cause instanceof Deno.errors.NotCapable) return "gait may not use it";
  if (cause instanceof Deno.errors.PermissionDenied) return REASONS.EACCES!;
  if (cause instanceof Deno.errors.AlreadyExists) return REASONS.EEXIST!;
  if (cause instanceof Deno.errors.IsADirectory) return REASONS.EISDIR!;
  if (cause instanceof Deno.errors.NotADirectory) return REASONS.ENOTDIR!;
  if (cause instanceof Deno.errors.FilesystemLoop) return REASONS.ELOOP!;
  if (cause instanceof Deno.errors.BrokenPipe) return REASONS.EPIPE!;
  if (cause instanceof Deno.errors.WouldBlock) return REASONS.EAGAIN!;
  return typeof code === "string" ? `the system refused it (${code})` : "the system refused it";
}
