import { trim } from "../../formats/text.ts";
import { type Check, type DoctorContext, fail, type Finding, pass, warn } from "../check.ts";
import { makeFolder, makeWritable } from "../fixes.ts";
import { placeOf, probeWrite } from "../place.ts";

/** The workspace is usable. */
export const WORKDIR: Check = {
  id: "workdir",
  scope: "universal",
  title: "The working folder exists and is writable",
  async look(context) {
    const { workdir, effects: { files } } = context;
    const place = await placeOf(files, workdir);
    if (place.kind !== "there" || place.info.kind !== "folder") {
      return fail("the working folder is not accessible, or not a folder", makeFolder(workdir));
    }
    return await writable(context, workdir, place.info.mode, "the working folder");
  },
};

/** The output folder is usable. */
export const OUTPUT_DIR: Check = {
  id: "output_dir",
  scope: "universal",
  title: "The output folder exists and is writable",
  async look(context) {
    const { output, effects: { files } } = context;
    const place = await placeOf(files, output);
    if (place.kind === "missing") return warn("the output folder does not exist", makeFolder(output));
    if (place.kind === "blocked") return fail(`the output folder can't be accessed: ${place.reason}`);
    if (place.info.kind !== "folder") return fail("the output folder is not a folder");
    return await writable(context, output, place.info.mode, "the output folder");
  },
};

/** Child processes have a folder for temporary files. */
export const TEMP_DIR: Check = {
  id: "temp_dir",
  scope: "universal",
  title: "The folder for temporary files is writable",
  async look(context) {
    const { env, files } = context.effects;
    const folder = trim(env.get("TMPDIR") || "/tmp");
    if (folder === "") return fail("TMPDIR is blank");
    const place = await placeOf(files, folder);
    const mode = place.kind === "there" ? place.info.mode : 0o700;
    return await writable(context, folder, mode, "the folder for temporary files");
  },
};

async function writable(
  { effects }: DoctorContext,
  folder: string,
  mode: number,
  what: string,
): Promise<Finding> {
  const reason = await probeWrite(effects.files, folder, effects.random);
  return reason === undefined
    ? pass(`${what} is writable`)
    : fail(`${what} is not writable: ${reason}`, makeWritable(folder, mode));
}
