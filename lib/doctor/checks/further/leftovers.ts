import type { FileInfo, Files } from "../../../effects/types.ts";
import { GaitError } from "../../../errors/mod.ts";
import { isObjectWith } from "../../../formats/json/mod.ts";
import { joinPath } from "../../../formats/path.ts";
import { nameOfTemporary } from "../../../formats/temporary_name.ts";
import { parseTime, unixNanos } from "../../../formats/time.ts";
import { type Check, fail, pass, warn } from "../../check.ts";
import { quoted } from "../../fixes.ts";

/** Tolerance for the clocks of machines that share a folder. */
const SKEW_MS = 60_000;
const MAX_TRACES = 2000;
const MAX_TRACE_BYTES = 1 << 20;

/** The clock is not behind recorded times; otherwise approvals would be valid for longer than intended. */
export const CLOCK: Check = {
  id: "clock",
  scope: "universal",
  title: "The clock is not behind the newest trace",
  async look({ workdir, output, effects: { files, now } }) {
    let newest = -Infinity;
    for (const folder of [workdir, output, joinPath(output, "traces")]) {
      if ((await files.stat(folder))?.kind !== "folder") continue;
      const names = (await files.list(folder)).filter((name) => /^trace_.*\.json$/.test(name));
      for (const name of names.slice(0, MAX_TRACES)) {
        newest = Math.max(newest, await timeOf(files, `${folder}/${name}`));
      }
    }
    return newest > now() + SKEW_MS
      ? fail("the clock is behind the newest trace", { command: "set the clock of this machine" })
      : pass(newest === -Infinity ? "there are no traces" : "the clock is not behind the newest trace");
  },
};

/** The time of a trace in milliseconds since 1970; a time in the past for a file that is not a trace. */
async function timeOf(files: Files, path: string): Promise<number> {
  let found = -Infinity;
  try {
    isObjectWith(await files.read(path, MAX_TRACE_BYTES), ({ created_at }) => {
      found = Number(unixNanos(parseTime(typeof created_at === "string" ? created_at : "")) / 1_000_000n);
      return true;
    });
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
  }
  return found;
}

/** The temporary file of a write is renamed or removed at once, unless the process died. */
const OLD_MS = 600_000;
const MAX_ENTRIES = 20_000;
const MAX_DEPTH = 4;

interface Leftover {
  readonly path: string;
  readonly info: FileInfo;
}

/** No write was interrupted by a crash. */
export const TORN_FILES: Check = {
  id: "torn_files",
  scope: "universal",
  title: "No temporary files of interrupted writes are left",
  async look({ workdir, output, effects: { files, now } }) {
    const found: Leftover[] = [];
    let left = MAX_ENTRIES;
    const visit = async (folder: string, depth: number): Promise<void> => {
      if ((await files.stat(folder))?.kind !== "folder") return;
      for (const name of await files.list(folder)) {
        if (left-- <= 0) return;
        const path = joinPath(folder, name);
        const info = await files.stat(path);
        if (info?.kind === "folder" && depth > 0) await visit(path, depth - 1);
        if (info?.kind !== "file" || nameOfTemporary(name) === undefined) continue;
        if (now() - info.modified > OLD_MS) found.push({ path, info });
      }
    };
    await visit(workdir, 0);
    await visit(joinPath(workdir, ".gait"), MAX_DEPTH);
    await visit(output, MAX_DEPTH);
    if (found.length === 0) return pass("no temporary files are left");
    const unique = [...new Map(found.map((one) => [one.path, one])).values()];
    return warn(`${unique.length} temporary files of interrupted writes are left`, {
      command: `rm -f ${unique.map(({ path }) => quoted(path)).join(" ")}`,
      argv: ["rm", "-f", ...unique.map(({ path }) => path)],
      repairs: unique.map(({ path, info }) => ({ kind: "remove_file", path, version: info.version })),
    });
  },
};
