import type { Effects, Files, OutputRules, WrittenOutput } from "../effects/types.ts";
import { invalidInput, unsafeOperation } from "../errors/mod.ts";
import { hex } from "../formats/bytes.ts";
import { isObjectWith } from "../formats/json/mod.ts";
import { cleanPath, folderOf, joinPath } from "../formats/path.ts";

/** How a kind of token is written. */
export interface TokenOutput {
  /** Schema id of the token. */
  readonly kind: string;
  /** Whether an older token of the kind gives way, which is the default, or is kept under a numbered name. */
  readonly olderGoes?: "away" | "aside";
}

/**
 * Write a token atomically (0600), creating its folders (docs/spec/tokens.md 2.1). Only an older token of the same kind
 * gives way to it: any other file may be the only copy of what it holds.
 *
 * @throws {GaitError} as {@linkcode checkTokenPath}
 */
export async function writeToken(
  files: Files,
  path: string,
  content: Uint8Array,
  output: TokenOutput,
): Promise<WrittenOutput> {
  await checkTokenPath(files, path, output);
  const target = cleanPath(path);
  const folder = folderOf(target);
  if (folder !== "." && await files.stat(folder) === undefined) await files.makeFolder(folder);
  return await files.writeOutput(target, content, rulesOf(output));
}

/**
 * Refuse a path for a token before anybody is asked, or an approval used up.
 *
 * @throws {GaitError} `unsafe_operation` when the path is a symbolic link: an attacker who placed it would choose
 * what is overwritten; `invalid_input` when something else stands there
 */
export async function checkTokenPath(files: Files, path: string, output: TokenOutput): Promise<void> {
  const target = cleanPath(path);
  if ((await files.stat(target))?.kind === "symlink") {
    throw unsafeOperation(`Cannot write token to "${path}": it is a symbolic link`, {
      hint: "Give the file itself",
    });
  }
  await files.checkOutput(target, rulesOf(output));
}

/**
 * Find out that a token can be written before anything is decided: a decision that is recorded, and an approval that is
 * used up, would be of no use without it.
 *
 * @param path the token, or the folder of one whose name is not known yet
 * @throws {GaitError} `invalid_input`, `io_failure` as writing would
 */
export async function checkRoom(
  { files, random }: Pick<Effects, "files" | "random">,
  path: string,
): Promise<void> {
  let folder = path === "." ? "." : folderOf(cleanPath(path));
  for (let kind; (kind = (await files.stat(await files.realPath(folder)))?.kind) !== "folder";) {
    const above = folderOf(folder);
    // The folder that a program is in may be gone.
    if (kind !== undefined || above === folder) {
      throw invalidInput(`Cannot write token to "${path}": "${folder}" is no folder`);
    }
    folder = above;
  }
  const probe = joinPath(folder, `.gait-${hex(random(8))}`);
  await files.writeAtomic(probe, new Uint8Array(ROOM), { onlyNew: true, anywhere: true });
  await files.remove(probe);
}

/** Bytes that a token may need. */
const ROOM = 4096;

function rulesOf({ kind, olderGoes = "away" }: TokenOutput): OutputRules {
  return {
    older: (held) => isObjectWith(held, ({ schema_id: id }) => id === kind),
    olderGoes,
    anywhere: true,
    hint: "Give the token a path of its own: the existing file is another kind of file",
  };
}
