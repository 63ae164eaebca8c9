import { bool } from "./define.ts";

/** Hint for an output path where another runpack exists. */
export const ANOTHER_RUN =
  "Record it under another --run-id or --out-dir, or give --force to replace the existing file";

/** Hint for an output path where an unrelated file exists. */
export const OWN_NAME = "Give the result another path: the existing file is something else";

/** Flag of commands that otherwise never replace another file. */
export const forceFlag = {
  force: bool("replace an existing file"),
};
