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
 * @throws {GaitError} `invalid_input`
 */
export async function keepInputs(files: Files, output: string, inputs: readonly string[]): Promise<void> {
  if (await sameFileAmong(files, output, inputs) === undefined) return;
  throw invalidInput(`Cannot write to "${output}": it is one of the input files`, {
    hint: "Give the output another path",
  });
}
