import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { cleanPath, hasControl } from "../../formats/path.ts";
import { compact, type JsonObject } from "../../formats/json/mod.ts";
import { formatPrivateKey, formatPublicKey, keyFromSeed } from "../../signing/mod.ts";
import { path, text } from "../define.ts";
import { type Line, warningLines } from "../text.ts";
import { placeWarnings } from "./place_warnings.ts";

/** Flags for the files of a key pair. */
export const keyPlaceFlags = {
  "out-dir": path("folder", "where the key files go", { default: "gait-out/keys" }),
  prefix: text("name", "prefix of the file names", { default: "gait" }),
};

/**
 * Create a key pair and write its two files (docs/spec/core.md section 7), the private one first, so that there is
 * never a public key without it.
 *
 * @param notify shows why others could exchange the key; the pair is written all the same
 * @throws {GaitError} `invalid_input` when the prefix is not a file name or, without `force`, a file exists
 */
export async function writeKeyPair(
  outDir: string,
  givenPrefix: string,
  force: boolean,
  effects: Effects,
  notify: (line: Line) => void,
): Promise<JsonObject & { key_id: string; public_key_path: string; private_key_path: string }> {
  const [folder, prefix] = [outDir.trim(), givenPrefix.trim()];
  if (/[/\\]/.test(prefix) || hasControl(prefix)) {
    throw invalidInput(`Cannot use prefix "${prefix}": it is not a file name`);
  }
  const paths = {
    public_key_path: cleanPath(`${folder}/${prefix}_public.key`),
    private_key_path: cleanPath(`${folder}/${prefix}_private.key`),
  };
  if (!force) {
    for (const path of [paths.private_key_path, paths.public_key_path]) {
      if (await effects.files.stat(path)) {
        throw invalidInput(`Cannot create a key pair: "${path}" exists`, {
          hint: "Choose another --prefix, or keep the old pair and run: gait keys rotate",
          detail: "key_file_exists",
        });
      }
    }
  }
  const key = await keyFromSeed(effects.random(32));
  await effects.files.makeFolder(folder);
  await effects.files.writeAtomic(paths.private_key_path, utf8(formatPrivateKey(key)), { onlyNew: !force });
  await effects.files.writeAtomic(paths.public_key_path, utf8(formatPublicKey(key.public)), {
    onlyNew: !force,
  });
  const warnings = await placeWarnings(folder, effects.files);
  for (const line of warningLines(warnings)) notify(line);
  return { prefix, key_id: key.public.id, ...paths, ...compact({ warnings }) };
}
