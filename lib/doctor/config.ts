import { DEFAULTS_PATH } from "../config/sections.ts";
import { GaitError, messageOf } from "../errors/mod.ts";
import { joinPath } from "../formats/path.ts";
import type { ConfigState, DoctorEffects } from "./check.ts";
import { placeOf } from "./place.ts";

const MAX_CONFIG_BYTES = 1 << 20;

/** Read the configuration of a working folder leniently, as far as it can be parsed (docs/spec/doctor.md section 2). */
export async function readConfig(workdir: string, { files }: DoctorEffects): Promise<ConfigState> {
  const path = joinPath(workdir, DEFAULTS_PATH);
  const place = await placeOf(files, path);
  if (place.kind === "missing") return { state: "missing", path };
  if (place.kind === "blocked") return { state: "unreadable", path, reason: place.reason };
  try {
    const { readLeniently } = await import("../config/lenient.ts");
    return { state: "read", path, ...await readLeniently(await files.read(path, MAX_CONFIG_BYTES), path) };
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return { state: "unreadable", path, reason: messageOf(error) };
  }
}
