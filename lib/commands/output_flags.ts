import type { OutputRules } from "../effects/types.ts";
import { isZip } from "../formats/zip/magic.ts";
import { bool } from "./define.ts";

/** Hint for an output path where another runpack exists. */
export const ANOTHER_RUN =
  "Record it under another --run-id or --out-dir, or give --force to replace the existing file";

/** Hint for an output path where an unrelated file exists. */
export const OWN_NAME = "Give the result another path: the existing file is something else";

/** An older archive makes room under a numbered name, for it may be evidence; nothing else does without force. */
export const archiveRules = (force: boolean, hint?: string): OutputRules => ({
  force,
  older: isZip,
  ...(hint === undefined ? {} : { hint }),
});

/** Flag of commands that otherwise never replace another file. */
export const forceFlag = {
  force: bool("replace an existing file"),
};
