import { GaitError, messageOf } from "../../../errors/mod.ts";
import { decodeUtf8, hex } from "../../../formats/bytes.ts";
import { type Check, type DoctorContext, fail, pass, warn } from "../../check.ts";
import { placeOf, probeWrite } from "../../place.ts";
import { findInPath, runProgram } from "../../programs.ts";

const MEGABYTE = 1024 * 1024;
const LEAST_FREE = 100 * MEGABYTE;
const FEW_FREE = 1024 * MEGABYTE;

/** There is disk space for evidence: if no durable trace can be written, nothing is allowed. */
export const FREE_SPACE: Check = {
  id: "free_space",
  scope: "universal",
  title: "There is disk space for evidence",
  async look(context) {
    const bytes = await freeBytes(context);
    if (bytes === undefined) return pass("the free disk space is unknown on this system");
    const text = `${Math.floor(bytes / MEGABYTE)} MiB are free`;
    if (bytes < LEAST_FREE) return fail(text, { command: "free up space on the disk of the output folder" });
    return bytes < FEW_FREE
      ? warn(text, { command: "free up space on the disk of the output folder" })
      : pass(text);
  },
};

/** The free space as reported by `df`, which needs no extra permission of this program. */
async function freeBytes(context: DoctorContext): Promise<number | undefined> {
  const df = await findInPath("df", context);
  if (df === undefined || df.inWorkdir || !df.isExecutable) return undefined;
  const folder = await folderToTry(context);
  try {
    const { code, stdout, timedOut } = await runProgram(df.path, ["-P", "-k", "--", folder], context);
    if (code !== 0 || timedOut) return undefined;
    const kilobytes = Number(decodeUtf8(stdout).trim().split("\n").at(-1)!.split(/[ \t]+/)[3]);
    return Number.isSafeInteger(kilobytes) ? kilobytes * 1024 : undefined;
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return undefined;
  }
}

/** The output folder, or the working folder if it does not exist yet. */
async function folderToTry({ workdir, output, effects: { files } }: DoctorContext): Promise<string> {
  const place = await placeOf(files, output);
  return place.kind === "there" && place.info.kind === "folder" ? output : workdir;
}

/** Written data survives a power failure. */
export const DURABLE_WRITES: Check = {
  id: "durable_writes",
  scope: "universal",
  title: "The disk supports fsync and rename",
  async look(context) {
    const { files, random } = context.effects;
    const reason = await probeWrite(files, await folderToTry(context), random, true);
    return reason === undefined
      ? pass("fsync and rename work")
      : fail(`fsync or rename does not work: ${reason}`, {
        command: "choose an --output-dir on a local disk",
      });
  },
};

/** Two processes can't hold a lock at once. */
export const LOCKS: Check = {
  id: "locks",
  scope: "universal",
  title: "The disk supports locks",
  async look(context) {
    const { files, random } = context.effects;
    const path = `${await folderToTry(context)}/.gait-probe-${hex(random(12))}`;
    try {
      const excluded = await files.withLock(path, { wait: 1000 }, () => isTaken(context, path));
      return excluded ? pass("locks work") : fail("two owners can hold a lock at once", {
        command: "choose an --output-dir on a local disk",
      });
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      return fail(`a lock can't be taken: ${messageOf(error)}`);
    }
  },
};

async function isTaken({ effects: { files } }: DoctorContext, path: string): Promise<boolean> {
  try {
    await files.withLock(path, { wait: 1, retry: 1 }, () => Promise.resolve());
    return false;
  } catch (error) {
    return error instanceof GaitError && error.code === "state_contention";
  }
}
