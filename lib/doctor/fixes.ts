import type { FileInfo } from "../effects/types.ts";
import type { Fix } from "./check.ts";

/** A text as one shell word, always quoted (docs/spec/doctor.md 1.1). */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A path that can't be mistaken for an option. */
function operand(path: string): string {
  return path.startsWith("-") ? `./${path}` : path;
}

/** A command with one path. */
function withPath(command: readonly string[], path: string): Pick<Fix, "command" | "argv"> {
  return {
    command: `${command.join(" ")} ${quoted(operand(path))}`,
    argv: [...command, operand(path)],
  };
}

export function makeFolder(path: string): Fix {
  return { ...withPath(["mkdir", "-p"], path), repairs: [{ kind: "make_folder", path }] };
}

/** Give the owner write permission. */
export function makeWritable(path: string, mode: number): Fix {
  return { ...withPath(["chmod", "u+w"], path), repairs: [{ kind: "set_mode", path, mode: mode | 0o200 }] };
}

/** Revoke the permissions of others: write permission, or all. */
export function closeToOthers(path: string, mode: number, rights: "w" | "rwx"): Fix {
  const kept = mode & (rights === "w" ? 0o755 : 0o700);
  return { ...withPath(["chmod", `go-${rights}`], path), repairs: [{ kind: "set_mode", path, mode: kept }] };
}

/** Remove a file, if it is still the one that was checked. */
export function removeFile(path: string, { version }: FileInfo): Fix {
  return { ...withPath(["rm", "-f"], path), repairs: [{ kind: "remove_file", path, version }] };
}

/** A command that inspects a path without changing anything. */
export function showPath(path: string): Fix {
  return withPath(["ls", "-l"], path);
}
