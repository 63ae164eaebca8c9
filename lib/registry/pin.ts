import type { Files } from "../effects/types.ts";
import { invalidInput } from "../errors/mod.ts";
import { decodeUtf8 } from "../formats/bytes.ts";
import { trim, trimLower } from "../formats/text.ts";
import { equalDigests } from "../signing/mod.ts";

/** A pin is a digest and a line end; the rest is room for white space. */
const MAX_PIN_BYTES = 1024;

/**
 * The digest that a pin names: trimmed, in lower case, without a `sha256:` prefix (docs/spec/registry.md section 2).
 */
export function pinnedDigest(text: string): string {
  return trimLower(text).replace(/^sha256:/, "");
}

/** Whether a pin names a digest, in any of its notations. */
export function pinNames(text: string, digest: string): boolean {
  return equalDigests(pinnedDigest(text), digest);
}

/**
 * The trimmed text of a pin file; `undefined` if there is none.
 *
 * @throws {GaitError} `invalid_input` if it is not a small regular file
 */
export async function readPin(files: Files, path: string): Promise<string | undefined> {
  const info = await files.stat(path);
  if (info === undefined) return undefined;
  // The text of a pin is printed, so a link would disclose another file.
  if (info.kind !== "file") {
    throw invalidInput(`Cannot read pin "${path}": it is not a regular file`, {
      hint: "Remove it, then install the pack again",
    });
  }
  return trim(decodeUtf8(await files.read(path, MAX_PIN_BYTES)));
}
