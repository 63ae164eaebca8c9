import type { Files } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import type { RecordPaths } from "../../gate/trace/write.ts";
import { keepInputs } from "../inputs.ts";

/**
 * Refuse records that would replace what the decision is made of, or each other, whatever the files are called.
 *
 * @throws {GaitError} `invalid_input`, before anything is counted
 */
export async function keepApart(
  files: Files,
  asked: RecordPaths,
  inputs: readonly string[],
): Promise<void> {
  const taken = inputs.filter((path) => path.trim() !== "");
  for (const path of Object.values(asked)) {
    if (path === "") continue;
    if (taken.includes(path)) throw invalidInput(`Cannot write to "${path}": it is named twice`);
    await keepInputs(files, path, taken);
    taken.push(path);
  }
}
