import type { Files } from "../effects/mod.ts";
import { concat, decodeUtf8, utf8 } from "../formats/bytes.ts";
import { prettyJson } from "../formats/json/mod.ts";
import { encodeJobCheckpoint, encodeJobState, type JobState } from "../schema/job.ts";

/*
 * A runner adds checkpoint after checkpoint to one job. The state holds all of them, so reading and encoding it anew
 * would be most of the work; both are remembered for the last job instead. What can't be saved is writing it: other
 * programs read the whole state, and recover from a marker that holds it twice.
 */

/** A state file that this process read or wrote. */
export interface HeldState {
  readonly path: string;
  /** The version of the file (`FileInfo.version`). */
  readonly version: string;
  readonly state: JobState;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const lastOf = new WeakMap<Files, HeldState>();

/** The state at a path, if the file is still the one that was read or written last. */
export function heldState(files: Files, path: string, version: string): HeldState | undefined {
  const last = lastOf.get(files);
  return last?.path === path && last.version === version ? last : undefined;
}

/** Remember a state; only the last one is kept. */
export function holdState(files: Files, held: HeldState): void {
  lastOf.set(files, held);
}

/** The checkpoints of a state, and their bytes in its file with all separators but without brackets. */
interface EncodedCheckpoints {
  readonly checkpoints: JobState["checkpoints"];
  readonly list: Uint8Array<ArrayBuffer>;
}

const encodedOf = new WeakMap<JobState, EncodedCheckpoints>();

/** Line feeds in values are escaped, so these are the brackets of the state's own member. */
const [OPEN, CLOSE] = ['\n  "checkpoints": [', "\n  ]"];

/**
 * Encode a state file, as {@linkcode prettyJson} does. Checkpoints that the previous state has as well are copied from
 * its file.
 */
export function encodeStateFile(state: JobState, previous?: JobState): Uint8Array<ArrayBuffer> {
  const { checkpoints } = state;
  const before = previous && encodedOf.get(previous);
  if (!before?.list.length || !before.checkpoints.every((item, i) => item === checkpoints[i])) {
    return encodeWhole(state);
  }
  const added = checkpoints.slice(before.checkpoints.length).map((item) =>
    `,\n${decodeUtf8(prettyJson(encodeJobCheckpoint(item))).trimEnd().replaceAll(/^/gm, "    ")}`
  );
  const list = concat([before.list, utf8(added.join(""))]);
  encodedOf.set(state, { checkpoints, list });
  const around = decodeUtf8(prettyJson(encodeJobState({ ...state, checkpoints: [] })));
  const at = around.indexOf(OPEN) + OPEN.length;
  return concat([utf8(around.slice(0, at)), list, utf8(CLOSE.slice(0, -1) + around.slice(at))]);
}

function encodeWhole(state: JobState): Uint8Array<ArrayBuffer> {
  const bytes = prettyJson(encodeJobState(state));
  if (state.checkpoints.length > 0) {
    const around = decodeUtf8(prettyJson(encodeJobState({ ...state, checkpoints: [] })));
    const at = around.indexOf(OPEN) + OPEN.length;
    const end = bytes.length - utf8(around.slice(at)).length - CLOSE.length + 1;
    const list = bytes.subarray(utf8(around.slice(0, at)).length, end);
    encodedOf.set(state, { checkpoints: state.checkpoints, list });
  }
  return bytes;
}
