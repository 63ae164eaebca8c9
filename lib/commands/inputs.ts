import type { Effects, Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { sameFileAmong } from "../session/paths.ts";

/** Effects that record which files are read. */
export interface RecordingEffects {
  readonly effects: Effects;
  /** Paths read so far. */
  readonly read: readonly string[];
}

/** Record which files are read: an output must not replace one of its inputs, keys included. */
export function noteReads(effects: Effects): RecordingEffects {
  const read: string[] = [];
  const files: Files = {
    ...effects.files,
    read(path, limit) {
      read.push(path);
      return effects.files.read(path, limit);
    },
    readChunks(path, size) {
      read.push(path);
      return effects.files.readChunks(path, size);
    },
  };
  return { effects: { ...effects, files }, read };
}

/**
 * Refuses an output that would replace an input, also through another path of the same file.
 *
 * @param isOlder recognises an older output of the same kind, which may be replaced although it was read: a command
 * that looks through whole folders meets what it wrote there the last time
 * @throws {GaitError} `invalid_input`
 */
export async function keepInputs(
  files: Files,
  output: string,
  inputs: readonly string[],
  isOlder?: (held: Uint8Array<ArrayBuffer>) => boolean,
): Promise<void> {
  if (await sameFileAmong(files, output, inputs) === undefined) return;
  if (isOlder && (await files.stat(output))?.kind === "file" && isOlder(await files.read(output))) return;
  throw invalidInput(`Cannot write to "${output}": it is one of the input files`, {
    hint: "Give the output another path",
  });
}
