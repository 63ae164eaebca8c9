import { GaitError, invalidInput } from "../errors/mod.ts";
import type { Files } from "../effects/mod.ts";
import { hasControl } from "../formats/path.ts";
import { pathArgument } from "../formats/shell.ts";

/** Where runpacks are looked for. */
export interface PackPlaces {
  readonly files: Files;
  /** Home folder of the user; absent when unknown. */
  readonly home: string | undefined;
}

/** Default folder of everything that commands write. */
export const OUTPUT_FOLDER = "gait-out";

/** The file name of a runpack. */
export function runpackFile(runId: string): string {
  return `runpack_${runId}.zip`;
}

/** Whether a text is a path rather than a run id: it contains a separator or ends in `.zip`. */
export function isPathLike(target: string): boolean {
  return /[/\\]/.test(target) || /\.zip$/i.test(target);
}

/**
 * Find the file that a run id or path names (docs/spec/core.md 3.5). The text is used as given, not trimmed.
 *
 * @returns the path as it is reported
 * @throws {GaitError} `invalid_input` when there is no such file
 */
export async function locateRunpack(target: string, { files, home }: PackPlaces): Promise<string> {
  if (target === "") {
    throw invalidInput("Cannot find runpack: run id is empty", {
      hint: "Give a run id that was recorded here, or the path of a runpack",
    });
  }
  if (isPathLike(target)) {
    if (await files.isFile(target)) return target;
    throw invalidInput(`Cannot find runpack: no file at "${target}"`, {
      hint: await isFolder(target, files)
        ? FOLDER_HINT
        : "Check the path; a relative one counts from the working folder",
    });
  }
  if (hasControl(target)) throw invalidInput("Cannot find runpack: run id holds control characters");
  const candidates = [`${OUTPUT_FOLDER}/${runpackFile(target)}`];
  if (home !== undefined) candidates.push(`${home}/.gait/runpacks/${runpackFile(target)}`);
  for (const path of candidates) {
    if (await files.isFile(path)) return path;
  }
  throw invalidInput(`Cannot find runpack "${target}": looked at ${candidates.join(" and ")}`, {
    hint: await files.isFile(target)
      ? `For the file of this name write ${pathArgument(`./${target}`)}`
      : await isFolder(target, files)
      ? FOLDER_HINT
      : await files.isFile(`${OUTPUT_FOLDER}/jobs/${target}/state.json`)
      ? `A job has this id: gait pack build --type job --from ${pathArgument(target)}`
      : "Give a run id that was recorded here, or the path of a runpack",
  });
}

async function isFolder(target: string, files: Files): Promise<boolean> {
  return (await files.stat(target))?.kind === "folder";
}

const FOLDER_HINT = "It is a folder: give a .zip in it; gait pack verify takes folders";

/**
 * Check a run id before creating files named after it: one path segment, printable, at most 200 bytes.
 *
 * @returns a warning if the id has characters that a ticket footer can't contain
 * @throws {GaitError} `invalid_input`
 */
export function checkRunId(id: string): string | undefined {
  if (id.trim() === "") throw invalidInput("Cannot use run id: it is empty");
  const reason = /[/\\]/.test(id)
    ? "it contains a path separator"
    : hasControl(id)
    ? "it contains control characters"
    : id.includes("..")
    ? 'it contains ".."'
    : new TextEncoder().encode(id).length > 200
    ? "it is longer than 200 bytes"
    : undefined;
  if (reason) throw invalidInput(`Cannot use run id ${JSON.stringify(id.slice(0, 80))}: ${reason}`);
  return FOOTER_ID.test(id) ? undefined : `run id "${id}" has characters that a ticket footer can't carry`;
}

/** Run ids that a ticket footer can contain (docs/spec/core.md 4.3). */
export const FOOTER_ID = /^[A-Za-z0-9_-]+$/;

const FOOTER =
  /^GAIT run_id=([A-Za-z0-9_-]+) manifest=sha256:([a-f0-9]{64}) verify="gait verify ([A-Za-z0-9_-]+)"$/;

/** The line to paste into a ticket (docs/spec/core.md 4.3). */
export function ticketFooter(runId: string, manifestDigest: string): string {
  return `GAIT run_id=${runId} manifest=sha256:${manifestDigest} verify="gait verify ${runId}"`;
}

/**
 * The ticket footer, checked against its format.
 *
 * @throws {GaitError} `internal_failure` (exit 1, as the existing program answers) if the footer can't contain the
 * run id or digest
 */
export function checkedTicketFooter(runId: string, manifestDigest: string): string {
  const footer = ticketFooter(runId, manifestDigest);
  if (!FOOTER.test(footer)) {
    throw new GaitError(
      "internal_failure",
      `Cannot make a ticket footer for run id ${JSON.stringify(runId)}`,
      {
        hint: "Record the run again with an id of letters, digits, _ and -",
      },
    );
  }
  return footer;
}
