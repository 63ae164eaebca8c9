import type { Files } from "../effects/mod.ts";
import { type GaitError, invalidInput } from "../errors/mod.ts";
import { equalBytes } from "../formats/bytes.ts";
import { cleanPath } from "../formats/path.ts";
import { isJsonObject, type JsonObject, prettyJson, readJsonObject } from "../formats/json/mod.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { sha256 } from "../signing/mod.ts";
import { CONFIG_FILE } from "./config.ts";

/** Lists the files that are being replaced; in the working folder, beside the config. */
export const PENDING_FILE = `${CONFIG_FILE}.accept.json`;

const SCHEMA_ID = "gait.regress.pending_accept";

/** A file with its new content. */
export interface Replacement {
  readonly path: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** Where the new content of a file waits. */
const stagedPath = (path: string) => `${path}.accept`;

/**
 * Replace files that belong together: all of them or none (docs/spec/regress.md 1.6). The new contents are staged
 * first, then a list of them is written, then the files are replaced. After a crash before the list exists, nothing
 * has changed; after one that leaves the list, {@linkcode finishReplacement} completes it. After an error the old
 * files are restored. The caller holds the lock of the config.
 */
export async function replaceTogether(pending: readonly Replacement[], files: Files): Promise<void> {
  const before: Replacement[] = [];
  for (const { path } of pending) before.push({ path, content: await files.read(path) });
  try {
    const listed: JsonObject[] = [];
    for (const { path, content } of pending) {
      await files.writeAtomic(stagedPath(path), content);
      listed.push({ path, sha256: await sha256(content) });
    }
    const list = prettyJson({ schema_id: SCHEMA_ID, schema_version: RECORD_VERSION, files: listed });
    await files.writeAtomic(PENDING_FILE, list);
    for (const { path, content } of pending) await files.writeAtomic(path, content);
  } catch (error) {
    await restore(before, files).catch(() => {}); // the first error is the one to report
    throw error;
  }
  // What can't be removed only makes the next command look at it again.
  await removeAll([...pending.map(({ path }) => stagedPath(path)), PENDING_FILE], files).catch(() => {});
}

/** If a file can't be restored, the list stays, so that the next command completes the replacement. */
async function restore(before: readonly Replacement[], files: Files): Promise<void> {
  for (const { path, content } of before) {
    if (!equalBytes(await files.read(path), content)) await files.writeAtomic(path, content);
  }
  // The list goes first: without its staged files it could not be completed.
  await removeAll([PENDING_FILE, ...before.map(({ path }) => stagedPath(path))], files);
}

async function removeAll(paths: readonly string[], files: Files): Promise<void> {
  for (const path of paths) if (await files.stat(path) !== undefined) await files.remove(path);
}

/**
 * Complete a replacement that a crash interrupted.
 *
 * @throws {GaitError} `invalid_input` with the detail `pending_accept_invalid` when the list or a staged file is not
 * as it was written; nothing is then changed
 */
export async function finishReplacement(files: Files): Promise<void> {
  if (await files.stat(PENDING_FILE) === undefined) return;
  await files.withLock(CONFIG_FILE, {}, () => finishLocked(files));
}

/** Like {@linkcode finishReplacement}, for a caller that holds the lock of the config. */
export async function finishLocked(files: Files): Promise<void> {
  if (await files.stat(PENDING_FILE) === undefined) return;
  const pending: Replacement[] = [];
  const staged: string[] = [];
  for (const { path, digest } of await readList(files)) {
    staged.push(stagedPath(path));
    if (await files.isFile(path) && await sha256(await files.read(path)) === digest) continue;
    const content = await files.isFile(stagedPath(path)) ? await files.read(stagedPath(path)) : undefined;
    if (content === undefined || await sha256(content) !== digest) {
      throw invalidList(`"${stagedPath(path)}" is not the file that was to replace "${path}"`);
    }
    pending.push({ path, content });
  }
  for (const { path, content } of pending) await files.writeAtomic(path, content);
  await removeAll([...staged, PENDING_FILE], files);
}

async function readList(files: Files): Promise<{ path: string; digest: string }[]> {
  const { schema_id: schema, files: listed } = readJsonObject(await files.read(PENDING_FILE), {
    what: PENDING_FILE,
    duplicates: "refuse",
  });
  if (schema !== SCHEMA_ID || !Array.isArray(listed)) throw invalidList("it is not a list of accepted files");
  return listed.map((item) => {
    const { path, sha256: digest } = isJsonObject(item) ? item : {};
    if (typeof path !== "string" || typeof digest !== "string") throw invalidList("a file is not described");
    // The list may have come with the repository. Running regressions must not replace settings or hooks
    // (docs/threat_model.md 17).
    if (
      cleanPath(path) !== path || path.startsWith("/") || path.split("/").some((part) => part.startsWith("."))
    ) {
      throw invalidList(`"${path}" is not a file of a fixture`);
    }
    return { path, digest };
  });
}

function invalidList(reason: string): GaitError {
  return invalidInput(`Cannot complete the interrupted acceptance in "${PENDING_FILE}": ${reason}`, {
    detail: "pending_accept_invalid",
    hint: "Restore the fixtures and gait.yaml from version control, then remove this file and accept again",
  });
}
