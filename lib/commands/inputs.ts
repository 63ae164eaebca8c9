import type { Effects, Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { sameFileAmong } from "../session/paths.ts";

/** Effects that note which files are read. */
export interface RecordingEffects {
  readonly effects: Effects;
  /** Paths as they were read, so far. */
  readonly read: readonly string[];
}

/** Note what is read: what a result is made of, keys among it, must not be replaced by the result. */
export function noteReads(effects: Effects): RecordingEffects {
  const read: string[] = [];
  const files: Files = {
    ...effects.files,
    read(path, limit) {
      read.push(path);
      return effects.files.read(path, limit);
    },
  };
  return { effects: { ...effects, files }, read };
}

/**
 * Refuse an output that would replace an input, whatever either is called.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function keepInputs(files: Files, output: string, inputs: readonly string[]): Promise<void> {
  if (await sameFileAmong(files, output, inputs) === undefined) return;
  throw invalidInput(`Cannot write to "${output}": it is one of the files that were read for it`, {
    hint: "Give the output a name of its own",
  });
}
