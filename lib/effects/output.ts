import { GaitError, invalidInput } from "../errors/mod.ts";
import { equalBytes } from "../formats/bytes.ts";
import { numberedPath } from "../formats/path.ts";
import { ALREADY_THERE } from "./errors.ts";
import type { Files, OutputRules, WrittenOutput } from "./types.ts";

type Primitives = Pick<Files, "stat" | "read" | "writeAtomic" | "withLock">;

/** The `error_detail` for an output whose path is taken. */
export const OUTPUT_EXISTS = "output_exists";

/**
 * Write an output without silently replacing anything (docs/spec/core.md 3.6): the existing file may be the only
 * evidence of something else.
 *
 * The same content again is fine. An empty file may be replaced, so that a name can be reserved.
 */
export async function writeOutput(
  files: Primitives,
  path: string,
  content: Uint8Array,
  rules: OutputRules = {},
): Promise<WrittenOutput> {
  // Losing a round means that another process wrote the path first.
  for (;;) {
    switch (await existingAt(files, path, content, rules)) {
      case "free":
        if (await wroteNew(files, path, content, rules)) return { path };
        break;
      case "same":
        return { path };
      case "replaceable":
        await files.writeAtomic(path, content, rules);
        return { path };
      case "older":
        return await setAside(files, path, content, rules);
      case "taken":
        if (rules.ifTaken !== "number") throw taken(path, rules);
        return { path: await writeNumbered(files, path, content, rules) };
    }
  }
}

/**
 * Refuse an output whose path is taken before irreversible work is done.
 *
 * @param content the content to write, if it is known already
 * @throws {GaitError} `invalid_input` with the detail `output_exists`
 */
export async function checkOutput(
  files: Primitives,
  path: string,
  rules: OutputRules = {},
  content?: Uint8Array,
): Promise<void> {
  const existing = await existingAt(files, path, content, rules);
  if (existing === "taken" && rules.ifTaken !== "number") throw taken(path, rules);
}

type DecisionOutcome = "free" | "same" | "replaceable" | "older" | "taken";

async function existingAt(
  files: Primitives,
  path: string,
  content: Uint8Array | undefined,
  { force, older, olderGoes }: OutputRules,
): Promise<DecisionOutcome> {
  const there = await files.stat(path);
  if (there === undefined) return "free";
  if (there.kind === "folder") throw invalidInput(`Cannot write to "${path}": it is a folder`);
  // A rename would remove the device for every process.
  if (there.kind === "other") throw invalidInput(`Cannot write to "${path}": it is not a regular file`);
  if (force) return "replaceable";
  // A link is not followed: the write would replace the link, not its target.
  if (there.kind === "symlink") return "taken";
  if (there.size === 0) return "replaceable";
  if (content === undefined && older === undefined) return "taken";
  const held = await files.read(path);
  if (content && equalBytes(held, content)) return "same";
  if (!await older?.(held)) return "taken";
  return olderGoes === "away" ? "replaceable" : "older";
}

/** Move the older file to a numbered name and write the new one in its place, under a lock. */
async function setAside(
  files: Primitives,
  path: string,
  content: Uint8Array,
  rules: OutputRules,
): Promise<WrittenOutput> {
  return await files.withLock(path, {}, async () => {
    const existing = await existingAt(files, path, content, rules);
    if (existing === "taken") throw taken(path, rules);
    if (existing === "same") return { path };
    if (existing !== "older") {
      await files.writeAtomic(path, content, rules);
      return { path };
    }
    const keptAs = await writeNumbered(files, path, await files.read(path), rules);
    await files.writeAtomic(path, content, rules);
    return { path, keptAs };
  });
}

/** Write under a free numbered name. There may be thousands, so they are not tried one by one. */
async function writeNumbered(
  files: Primitives,
  path: string,
  content: Uint8Array,
  rules: OutputRules,
): Promise<string> {
  const isTaken = async (n: number) => await files.stat(numberedPath(path, n)) !== undefined;
  let [last, free] = [1, 2];
  while (await isTaken(free)) [last, free] = [free, free * 2];
  while (free - last > 1) {
    const middle = (last + free) >> 1;
    if (await isTaken(middle)) last = middle;
    else free = middle;
  }
  for (;; free++) {
    const numbered = numberedPath(path, free);
    if (await wroteNew(files, numbered, content, rules)) return numbered;
  }
}

/** Whether a name was free. */
async function wroteNew(
  files: Primitives,
  path: string,
  content: Uint8Array,
  { anywhere = false }: OutputRules,
): Promise<boolean> {
  try {
    await files.writeAtomic(path, content, { onlyNew: true, anywhere });
    return true;
  } catch (error) {
    if (error instanceof GaitError && error.detail === ALREADY_THERE) return false;
    throw error;
  }
}

function taken(path: string, { hint, force }: OutputRules): GaitError {
  // Callers that can replace the file say whether to; the others have no --force to suggest.
  const other = force === undefined ? "move away what stands there" : "--force to replace what stands there";
  return invalidInput(`Cannot write to "${path}": another file stands there`, {
    hint: hint ?? `Give the output a name of its own, or ${other}`,
    detail: OUTPUT_EXISTS,
  });
}
