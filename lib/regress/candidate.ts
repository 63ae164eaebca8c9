import type { Files } from "../effects/mod.ts";
import { GaitError } from "../errors/mod.ts";
import { readRunpack, type Runpack } from "../runpack/read.ts";
import { joinPath } from "../formats/path.ts";
import type { Source } from "./source.ts";

/**
 * The run that is compared with a fixture.
 *
 * `own`: the fixture itself. `named`: a run that `fixture.json` names. `rerun`: a run given on the command line. It
 * is another recording of the same task, so it is compared by behaviour, not by the ids of its calls.
 */
export type Candidate = ComparedRun | UnusableCandidate;

/** A run that can be compared. */
export interface ComparedRun {
  readonly kind: "own" | "named" | "rerun";
  readonly path: string;
  readonly pack: Runpack;
  /** The source of a rerun. Accepting uses these bytes, so that what is accepted is what was compared. */
  readonly source?: Source;
  /** Number of calls that were normalised to the recording because tolerances allow their differences. */
  readonly toleratedCalls?: number;
}

/** A run named by `fixture.json` that can't be compared. */
export interface UnusableCandidate {
  readonly kind: "missing" | "unreadable";
  readonly path: string;
  readonly error: string;
}

/** Whether a candidate can't be compared. */
export function isUnusable(candidate: Candidate): candidate is UnusableCandidate {
  return candidate.kind === "missing" || candidate.kind === "unreadable";
}

/**
 * Read the run named by `fixture.json` (docs/spec/regress.md 1.6). A missing or damaged run is not an error: it makes
 * the fixture fail.
 *
 * @param folder folder of the fixture
 * @throws {GaitError} `io_failure` when the system fails
 */
export async function readNamedCandidate(files: Files, folder: string, named: string): Promise<Candidate> {
  const path = joinPath(folder, named);
  const missing = await asFinding(async () => {
    if (!await files.stat(path)) throw new GaitError("invalid_input", `No file at "${path}"`);
  });
  if (missing) return { kind: "missing", path, error: missing.message };
  let pack: Runpack | undefined;
  const unreadable = await asFinding(async () => {
    pack = await readRunpack(await files.read(path));
  });
  return pack
    ? { kind: "named", path, pack }
    : { kind: "unreadable", path, error: unreadable?.message ?? "It can't be read" };
}

async function asFinding(step: () => Promise<void>): Promise<GaitError | undefined> {
  try {
    await step();
    return undefined;
  } catch (error) {
    const ours = error instanceof GaitError &&
      (error.code === "invalid_input" || error.code === "verification_failed");
    if (ours) return error;
    throw error;
  }
}
