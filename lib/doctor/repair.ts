import type { Files } from "../effects/types.ts";
import { setConfigKey } from "../config/edit.ts";
import { readLeniently } from "../config/lenient.ts";
import { GaitError, invalidInput, messageOf } from "../errors/mod.ts";
import { decodeUtf8Strict, utf8 } from "../formats/bytes.ts";
import { folderOf } from "../formats/path.ts";
import type { Repair } from "./check.ts";
import type { Diagnosis } from "./diagnose.ts";
import { CONFIG_TEMPLATE } from "./config_template.ts";

/** A step of the plan, with the check that requires it. */
export interface PlannedRepair {
  readonly id: string;
  readonly repair: Repair;
}

/** The outcome of a step. */
export interface DoneRepair extends PlannedRepair {
  /** Why it was not done. */
  readonly error?: string;
}

/** The fixable findings of a diagnosis as steps, in the order of its checks and without duplicates. */
export function planRepairs({ results }: Diagnosis): readonly PlannedRepair[] {
  const planned = new Map<string, PlannedRepair>();
  for (const { check, finding } of results) {
    for (const repair of finding.fix?.repairs ?? []) {
      const key = JSON.stringify(repair);
      if (!planned.has(key)) planned.set(key, { id: check.id, repair });
    }
  }
  return [...planned.values()];
}

/** A step in words. */
export function describeRepair(repair: Repair): string {
  switch (repair.kind) {
    case "make_folder":
      return `create folder ${repair.path}`;
    case "set_mode":
      return `set mode ${repair.mode.toString(8).padStart(4, "0")} on ${repair.path}`;
    case "remove_file":
      return `remove ${repair.path}`;
    case "write_config":
      return `write ${repair.path} with settings for production`;
    case "set_keys":
      return `set ${
        repair.keys.map(({ section, key, value }) => `${section}.${key}=${value}`).join(", ")
      } in ${repair.path}`;
  }
}

/** Apply the steps of a plan; a failed step does not stop the later ones. */
export async function repairAll(
  files: Files,
  plan: readonly PlannedRepair[],
): Promise<readonly DoneRepair[]> {
  const done: DoneRepair[] = [];
  for (const step of plan) {
    try {
      await apply(files, step.repair);
      done.push(step);
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      done.push({ ...step, error: messageOf(error) });
    }
  }
  return done;
}

async function apply(files: Files, repair: Repair): Promise<void> {
  switch (repair.kind) {
    case "make_folder":
      return await files.makeFolder(repair.path);
    case "set_mode":
      return await files.setMode(repair.path, repair.mode);
    case "remove_file": {
      // Another process may have replaced the file since it was checked.
      const info = await files.stat(repair.path);
      if (info === undefined) return;
      if (info.kind !== "file" || info.version !== repair.version) {
        throw invalidInput(`Cannot remove "${repair.path}": it changed`);
      }
      return await files.remove(repair.path);
    }
    case "write_config":
      await files.makeFolder(folderOf(repair.path));
      return await files.writeAtomic(repair.path, utf8(CONFIG_TEMPLATE), { onlyNew: true, anywhere: true });
    case "set_keys":
      return await setKeys(files, repair);
  }
}

/** Set keys in the configuration, and check before writing that exactly these keys change and nothing else does. */
async function setKeys(files: Files, { path, keys }: Repair & { readonly kind: "set_keys" }): Promise<void> {
  const info = await files.stat(path);
  if (info?.kind !== "file") throw invalidInput(`Cannot change "${path}": it is not a regular file`);
  const bytes = await files.read(path, 1 << 20);
  const before = decodeUtf8Strict(bytes);
  if (before === undefined) throw invalidInput(`Cannot change "${path}": it is not UTF-8`);
  let text = before;
  for (const { section, key, value } of keys) text = await setConfigKey(text, section, key, value);
  const changed = utf8(text);
  const expected = flatten((await readLeniently(bytes, path)).defaults);
  for (const { section, key, value } of keys) expected.set(`${section}.${key}`, value);
  const found = flatten((await readLeniently(changed, path)).defaults);
  const same = found.size === expected.size &&
    [...expected].every(([key, value]) => found.get(key) === value);
  if (!same) throw invalidInput(`Cannot change "${path}": set the keys by hand`);
  await files.writeAtomic(path, changed, { mode: info.mode, anywhere: true });
}

function flatten(defaults: object): Map<string, string> {
  return new Map(
    Object.entries(defaults).flatMap(([section, values]) =>
      Object.entries(values as object).map(([key, value]) => [`${section}.${key}`, String(value)] as const)
    ),
  );
}
