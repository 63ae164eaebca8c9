import type { Files } from "../effects/types.ts";
import { invalidInput } from "../errors/mod.ts";
import { decodeUtf8 } from "../formats/bytes.ts";
import { trim, trimLower } from "../formats/text.ts";
import { equalDigests } from "../signing/mod.ts";

/** A pin is a digest and a line end; this leaves room for blanks. */
const MAX_PIN_BYTES = 1024;

/** The digest that a pin names: trimmed, in lower case, without one `sha256:` in front (docs/spec/registry.md section 2). */
export function pinnedDigest(text: string): string {
  return trimLower(text).replace(/^sha256:/, "");
}

/** Whether a pin, in any of its forms, names a digest. */
export function pinNames(text: string, digest: string): boolean {
  return equalDigests(pinnedDigest(text), digest);
}

/**
 * The text of a pin file without blanks around it; `undefined` when there is none.
 *
 * @throws {GaitError} `invalid_input` when something else than a small file stands there
 */
export async function readPin(files: Files, path: string): Promise<string | undefined> {
  const info = await files.stat(path);
  if (info === undefined) return undefined;
  // The text of a pin is printed, so a link would print another file.
  if (info.kind !== "file") {
    throw invalidInput(`Cannot read pin "${path}": it is no regular file`, {
      hint: "Remove it, then install the pack again",
    });
  }
  return trim(decodeUtf8(await files.read(path, MAX_PIN_BYTES)));
}
