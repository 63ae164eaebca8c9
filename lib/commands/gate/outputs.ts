import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { outputPath } from "../../formats/path.ts";
import { NAMED, type RecordPaths } from "../../gate/trace/write.ts";
import { keepInputs, noteReads } from "../inputs.ts";

/** Records that go where the user says, and the files that they must not replace. */
export interface GuardedOutputs {
  /** Notes what is read. */
  readonly effects: Effects;
  /**
   * Refuse records that would replace what was read, more of what the decision is made of, each other, or a file that
   * is no record of a decision, whatever the files are called.
   *
   * @throws {GaitError} `invalid_input`, before anything is counted
   */
  keepApart(more: readonly string[]): Promise<void>;
}

/** Keep records from what a decision is made of. */
export function guardOutputs(asked: RecordPaths, given: Effects): GuardedOutputs {
  const { effects, read } = noteReads(given);
  return {
    effects,
    async keepApart(more) {
      const taken = [...read, ...more];
      for (const path of Object.values(asked)) {
        if (path === undefined) continue;
        if (taken.includes(path)) throw invalidInput(`Cannot write to "${path}": it is named twice`);
        await keepInputs(given.files, path, taken);
        await given.files.checkOutput(outputPath(path), NAMED);
        taken.push(path);
      }
    },
  };
}
