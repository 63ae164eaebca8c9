import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { outputPath } from "../../formats/path.ts";
import { NAMED, type RecordPaths } from "../../gate/trace/write.ts";
import { keepInputs, noteReads } from "../inputs.ts";

/** Output paths that the user gave, and a check of what they would replace. */
export interface GuardedOutputs {
  /** Records which files are read. */
  readonly effects: Effects;
  /**
   * Refuses outputs that would replace an input, one of `more`, each other, or a file that is not a record of a
   * decision, also through another path of the same file.
   *
   * @throws {GaitError} `invalid_input`, before anything is counted
   */
  keepApart(more: readonly string[]): Promise<void>;
}

/** Guard output paths against replacing the inputs of a decision. */
export function guardOutputs(givenPaths: RecordPaths, given: Effects): GuardedOutputs {
  const { effects, read } = noteReads(given);
  return {
    effects,
    async keepApart(more) {
      const taken = [...read, ...more];
      for (const path of Object.values(givenPaths)) {
        if (path === undefined) continue;
        if (taken.includes(path)) throw invalidInput(`Cannot write to "${path}": it is given twice`);
        await keepInputs(given.files, path, taken);
        await given.files.checkOutput(outputPath(path), NAMED);
        taken.push(path);
      }
    },
  };
}
