import type { Files } from "../effects/mod.ts";
import { type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import { cleanPath } from "../formats/path.ts";
import { CONFIG_FILE, type RegressConfig } from "./config.ts";
import { FIXTURE_FILE } from "./fixture.ts";

/** A file to write. */
export interface PendingFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/**
 * Write files that belong together, each atomically, in order. If a write fails, the earlier files are restored, so
 * that no partial fixture remains, and the first error is thrown.
 */
export async function writeTogether(files: Files, pending: readonly PendingFile[]): Promise<void> {
  const before: { path: string; content: Uint8Array | undefined }[] = [];
  for (const { path } of pending) {
    before.push({ path, content: await files.isFile(path) ? await files.read(path) : undefined });
  }
  const written: string[] = [];
  try {
    for (const { path, content } of pending) {
      written.push(path);
      await files.writeAtomic(path, content);
    }
  } catch (error) {
    for (const { path, content } of before.filter(({ path }) => written.includes(path))) {
      const undo = content ? files.writeAtomic(path, content) : removeIfThere(files, path);
      await undo.catch(() => {}); // the first error is the one to report
    }
    throw error;
  }
}

/** Only what this call wrote: a pipe or a link that the write refused was there before. */
async function removeIfThere(files: Files, path: string): Promise<void> {
  if ((await files.stat(path))?.kind === "file") await files.remove(path);
}

/** Members whose replacement loses no expectation. */
const IGNORED_MEMBERS = ["schema_id", "schema_version", "name", "runpack"];

/** Warnings about what replacing a fixture loses; empty if nothing changes. */
export function replacedFixture(
  name: string,
  old: Uint8Array | undefined,
  document: JsonObject,
  sameRunpack: boolean,
): string[] {
  if (!old) return [];
  const before = tryParse(old);
  if (!before) return [`fixture "${name}" was replaced; its old ${FIXTURE_FILE} did not read`];
  const lost = Object.keys(before).filter((member) =>
    !IGNORED_MEMBERS.includes(member) && JSON.stringify(before[member]) !== JSON.stringify(document[member])
  );
  if (lost.length > 0) {
    return [`fixture "${name}" was replaced; changed: ${lost.join(", ")} (--keep keeps expectations)`];
  }
  return sameRunpack ? [] : [`fixture "${name}" was replaced by another recording of its run`];
}

function tryParse(bytes: Uint8Array): JsonObject | undefined {
  try {
    return readJsonObject(bytes, { what: "fixture" });
  } catch {
    return undefined;
  }
}

/** Warnings about what regenerating `gait.yaml` loses. */
export function replacedConfig(before: RegressConfig | undefined, after: RegressConfig): string[] {
  if (!before) return [];
  const kept = new Set(after.fixtures.map((fixture) => fixture.name));
  const dropped = before.fixtures.map((fixture) => fixture.name).filter((name) => !kept.has(name));
  const now = new Map(after.fixtures.map(({ name, runpack }) => [name, cleanPath(runpack)]));
  const moved = before.fixtures.filter(({ name, runpack }) =>
    (now.get(name) ?? cleanPath(runpack)) !== cleanPath(runpack)
  );
  return [
    ...moved.map(({ name, runpack }) => `${CONFIG_FILE} was regenerated: "${name}" was at "${runpack}"`),
    ...(before.fixtureSet === after.fixtureSet
      ? []
      : [`${CONFIG_FILE} was regenerated: fixture_set "${before.fixtureSet}" is now "${after.fixtureSet}"`]),
    ...(dropped.length === 0
      ? []
      : [`${CONFIG_FILE} was regenerated: it no longer lists ${dropped.join(", ")}`]),
  ];
}
