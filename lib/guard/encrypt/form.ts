import type { Files } from "../../effects/types.ts";
import { decodeUtf8 } from "../../formats/bytes.ts";

/** The first line of an age file. */
export const AGE_LINE = "age-encryption.org/v1\n";
const ARMOR_LINE = "-----BEGIN AGE ENCRYPTED FILE-----";

/** The format of an encrypted file, recognised by its first bytes. */
export type SealedForm = "age" | "armored" | "other";

/** Distinguish age files from all others. */
export async function formOf(path: string, files: Pick<Files, "readPart">): Promise<SealedForm> {
  const start = decodeUtf8(await files.readPart(path, 0, ARMOR_LINE.length));
  if (start.startsWith(AGE_LINE)) return "age";
  return start === ARMOR_LINE ? "armored" : "other";
}
