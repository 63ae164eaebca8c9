import type { Files } from "../effects/types.ts";
import { ifReadable, invalidInput } from "../errors/mod.ts";
import { decodeUtf8 } from "../formats/bytes.ts";

/** A key file is 45 or 89 bytes; this leaves room for folded ones. */
export const MAX_KEY_BYTES = 4096;

/**
 * The text of a key file.
 *
 * @param what the key, for errors
 * @throws {GaitError} `invalid_input` when it can't be read, or can't be the file of a key
 */
export async function readKeyFile(
  files: Pick<Files, "read" | "stat">,
  path: string,
  what: string,
): Promise<string> {
  refuseKeyText(path);
  try {
    return decodeUtf8(await files.read(path, MAX_KEY_BYTES));
  } catch (error) {
    const size = (await ifReadable(() => files.stat(path)))?.size ?? 0;
    if (size <= MAX_KEY_BYTES) throw error;
    throw invalidInput(`Cannot read ${what} "${path}": it is too large for the file of a key`, {
      hint: "Give the .key file that gait keys init wrote, or that the signer sent: one line of text",
    });
  }
}

/**
 * Refuse a key where the path of its file, or the name of a variable, belongs.
 *
 * INVARIANT: no error repeats the text, because a private key would stand in logs.
 *
 * @throws {GaitError} `invalid_input`
 */
export function refuseKeyText(given: string): void {
  if (!/^(?:[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)$/.test(given.trim())) return;
  throw invalidInput(
    "Cannot read key: expected the path of its file or the name of a variable, found the key",
    {
      hint: "Write the key into a file, or into a variable of the environment, and give its name",
    },
  );
}
