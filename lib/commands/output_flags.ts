import { bool } from "./define.ts";

/** What to do about a runpack that stands where another is to be written. */
export const ANOTHER_RUN =
  "Record it under another --run-id or --out-dir, or give --force to replace what stands there";

/** What to do about a file that is no older result of the same command. */
export const OWN_NAME = "Give the result a name of its own: what stands there is something else";

/** Flag of the commands whose output never silently replaces another file. */
export const forceFlag = {
  force: bool("replace another file that stands where an output goes"),
};
