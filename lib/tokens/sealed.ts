import type { JsonObject } from "../formats/json/mod.ts";
import { compareInstants, isZeroTime, type Rfc3339 } from "../formats/time.ts";
import { checkSignature, digestOf, isHexDigest, type PublicKey, type Signature } from "../signing/mod.ts";
import { trimLower } from "../formats/text.ts";
import type { Files } from "../effects/types.ts";
import { unsafeOperation } from "../errors/mod.ts";
import { cleanPath, folderOf } from "../formats/path.ts";

/** What both kinds of token have in common when they are checked. */
export interface Sealed {
  readonly schemaId: string;
  readonly schemaVersion: string;
  readonly createdAt: Rfc3339;
  readonly producerVersion: string;
  readonly tokenId: string;
  readonly expiresAt: Rfc3339;
  readonly signature?: Signature;
}

/** The members that every token begins with; schema fields that were left out are filled in before it is signed. */
export function encodeHead(token: Sealed, schemaId: string) {
  return {
    schema_id: token.schemaId || schemaId,
    schema_version: token.schemaVersion || "1.0.0",
    created_at: token.createdAt,
    producer_version: token.producerVersion,
    token_id: token.tokenId,
  };
}

/** A schema field may be left out; another value is another artifact, whatever its signature says. */
export function isOfSchema({ schemaId, schemaVersion }: Sealed, id: string): boolean {
  return (schemaId === "" || schemaId === id) && (schemaVersion === "" || schemaVersion === "1.0.0");
}

/** Whether both times are there. */
export function hasTimes({ createdAt, expiresAt }: Sealed): boolean {
  return !isZeroTime(createdAt) && !isZeroTime(expiresAt);
}

/** Whether a digest is one, or is absent where it may be. */
export function isDigestOrEmpty(text: string): boolean {
  return text === "" || isHexDigest(text);
}

/** A digest as it is signed and compared. */
export function normalDigest(text: string): string {
  return trimLower(text);
}

/**
 * Whether the signature holds over the token as it is written without it (docs/spec/tokens.md 1.4). The schema id stands
 * inside what is signed, so a signature can't be moved to another artifact.
 */
export async function holds(
  signature: Signature,
  unsigned: JsonObject,
  key: PublicKey,
): Promise<boolean> {
  return await checkSignature(signature, await digestOf(unsigned), key) === undefined;
}

/** A token holds until its end, the end itself left out. */
export function hasRunOut({ expiresAt }: Pick<Sealed, "expiresAt">, now: Rfc3339): boolean {
  return compareInstants(now, expiresAt) >= 0;
}

/**
 * Write a token as a whole (0600), with its folders; an older one is replaced (docs/spec/tokens.md 2.1).
 *
 * @throws {GaitError} `unsafe_operation` when a link stands at the path: whoever placed it chose what is overwritten
 */
export async function writeToken(files: Files, path: string, content: Uint8Array): Promise<void> {
  const target = cleanPath(path);
  if ((await files.stat(target))?.kind === "symlink") {
    throw unsafeOperation(`Cannot write token to "${path}": it is a symbolic link`, {
      hint: "Give the file itself",
    });
  }
  const folder = folderOf(target);
  if (folder !== "." && await files.stat(folder) === undefined) await files.makeFolder(folder);
  await files.writeAtomic(target, content, { anywhere: true });
}
