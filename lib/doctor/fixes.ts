import type { FileInfo } from "../effects/types.ts";
import type { Fix } from "./check.ts";

/** A text as one word of a shell, always in quotes (docs/spec/doctor.md 1.1). */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A path that can't be taken for an option. */
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

/** Give the owner the right to write. */
export function makeWritable(path: string, mode: number): Fix {
  return { ...withPath(["chmod", "u+w"], path), repairs: [{ kind: "set_mode", path, mode: mode | 0o200 }] };
}

/** Take rights of others away: to write, or all of them. */
export function closeToOthers(path: string, mode: number, rights: "w" | "rwx"): Fix {
  const kept = mode & (rights === "w" ? 0o755 : 0o700);
  return { ...withPath(["chmod", `go-${rights}`], path), repairs: [{ kind: "set_mode", path, mode: kept }] };
}

/** Remove a file, if it is still the one that was looked at. */
export function removeFile(path: string, { version }: FileInfo): Fix {
  return { ...withPath(["rm", "-f"], path), repairs: [{ kind: "remove_file", path, version }] };
}

/** Look at a path; nothing is changed. */
export function showPath(path: string): Fix {
  return withPath(["ls", "-l"], path);
}
