import type { Files } from "../../effects/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { isObjectWith, type JsonObject } from "../../formats/json/mod.ts";
import { folderOf } from "../../formats/path.ts";
import { keepInputs } from "../inputs.ts";
import { OWN_NAME } from "../output_flags.ts";

/** A file that a scout command writes. */
export interface ScoutOutput {
  /** As given by the user; it may be outside the working folder. */
  readonly path: string;
  readonly document: JsonObject;
  /** Recognises an older output of the same kind; only such a file is replaced. */
  readonly known: (document: JsonObject) => boolean;
}

/**
 * Write outputs as compact JSON; all paths are checked before the first one is written (docs/spec/scout.md).
 *
 * @param inputs paths of the input files, which must not be replaced
 * @throws {GaitError} `invalid_input` if another file is in the way
 */
export async function writeOutputs(
  files: Files,
  outputs: readonly ScoutOutput[],
  inputs: readonly string[],
): Promise<void> {
  const ready = [];
  for (const [i, { path, document, known }] of outputs.entries()) {
    const older = (held: Uint8Array<ArrayBuffer>) => isObjectWith(held, known);
    await keepInputs(files, path, inputs, older);
    await keepInputs(files, path, outputs.slice(0, i).map((other) => other.path));
    const content = utf8(JSON.stringify(document));
    const rules = {
      older,
      olderGoes: "away",
      anywhere: true,
      hint: OWN_NAME,
    } as const;
    await files.checkOutput(path, rules, content);
    ready.push({ path, content, rules });
  }
  for (const { path, content, rules } of ready) {
    await files.makeFolder(folderOf(path));
    await files.writeOutput(path, content, rules);
  }
}
