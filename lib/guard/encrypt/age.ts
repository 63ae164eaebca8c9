import { createHash } from "node:crypto";
import { Decrypter, Encrypter } from "age-encryption";
import type { Files } from "../../effects/types.ts";
import { GaitError, invalidInput, invalidOption, messageOf } from "../../errors/mod.ts";
import { decodeUtf8 } from "../../formats/bytes.ts";
import { AGE_LINE, formOf } from "./form.ts";
import type { PlainFacts } from "./sealed_file.ts";

/*
 * Encryption for recipients in the age format (age-encryption.org/v1). Encrypting needs only public keys, so the host
 * that stores evidence has no key that could decrypt it. The header is authenticated and reveals neither digest nor
 * size. Randomness comes from the age package itself, not from our effects.
 */

/** Longest accepted header, enough for several hundred recipients: the parser keeps the whole header in memory. */
const MAX_HEADER_BYTES = 262_144;

/**
 * Check the header of an age file before it is parsed: the parser reads up to the next line end, however far away it
 * is.
 *
 * @throws {GaitError} `invalid_input` if the header does not end, or the file is armored
 */
export async function checkAgeHeader(path: string, files: Pick<Files, "readPart">): Promise<void> {
  if (await formOf(path, files) === "armored") {
    throw invalidInput(`Cannot decrypt "${path}": it is armored`, {
      hint: "Only the binary format is supported; age -d reads both",
    });
  }
  const head = decodeUtf8(await files.readPart(path, 0, MAX_HEADER_BYTES));
  if (!head.startsWith(AGE_LINE) || !head.includes("\n--- ")) {
    throw damaged(path, "its header is not a valid age header", undefined);
  }
}

/**
 * An encryptor for recipients.
 *
 * @throws {GaitError} `invalid_input` if a text is not an age recipient
 */
export function encrypterFor(recipients: readonly string[]): Encrypter {
  const encrypter = new Encrypter();
  for (const recipient of new Set(recipients)) {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      // An identity that is passed here by mistake is a secret and must not end up in a log.
      const isPublic = recipient.startsWith("age1");
      throw invalidInput(
        isPublic
          ? `Cannot encrypt for "${recipient.slice(0, 80)}": it is not an age recipient`
          : "Cannot encrypt: a recipient does not begin with age1",
        {
          hint: "Give the public key that age-keygen prints: age1…",
          ...(isPublic ? { cause } : {}),
        },
      );
    }
  }
  return encrypter;
}

/** Encrypt for recipients as a stream; only one chunk of the plaintext is in memory at a time. */
export async function* sealForRecipients(
  plain: AsyncIterable<Uint8Array>,
  encrypter: Encrypter,
  done: (facts: PlainFacts) => void,
): AsyncGenerator<Uint8Array> {
  yield* await encrypter.encrypt(ReadableStream.from(counted(plain, done)));
}

/**
 * Decrypt an age file as a stream. Every chunk is authenticated, but only the last one proves that the file was not
 * truncated.
 *
 * @throws {GaitError} `invalid_input` if no identity can decrypt it, or if it was modified or truncated
 */
export async function* openForIdentities(
  pieces: AsyncIterable<Uint8Array>,
  identities: readonly string[],
  path: string,
  done: (facts: PlainFacts) => void,
): AsyncGenerator<Uint8Array> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  try {
    yield* counted(await decrypter.decrypt(ReadableStream.from(pieces)), done);
  } catch (cause) {
    if (cause instanceof GaitError) throw cause;
    if (/no identity matched/.test(messageOf(cause))) {
      throw invalidInput(`Cannot decrypt "${path}": it was encrypted for other recipients`, {
        hint: "Give the identity of one of its recipients; nothing was written",
        cause,
      });
    }
    throw damaged(path, "it was modified or truncated", cause);
  }
}

/**
 * Parse the identities in a file written by `age-keygen`: one per line; lines that start with `#` are comments.
 *
 * @throws {GaitError} `invalid_input` for anything else; the error never shows a line, since it may be a secret
 */
export function parseIdentities(text: string, where: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) =>
    line !== "" && !line.startsWith("#")
  );
  try {
    for (const line of lines) new Decrypter().addIdentity(line);
  } catch {
    throw invalidInput(`Cannot read ${where}: a line is not an age identity`, {
      hint: "Give a file that age-keygen wrote; its lines begin with AGE-SECRET-KEY-1",
    });
  }
  if (lines.length > 0) return lines;
  throw invalidOption(() => `Cannot read ${where}: it contains no age identity`);
}

function damaged(path: string, reason: string, cause: unknown) {
  return invalidInput(`Cannot decrypt "${path}": ${reason}`, { hint: "Nothing was written", cause });
}

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  done: (facts: PlainFacts) => void,
): AsyncGenerator<Uint8Array> {
  const digest = createHash("sha256");
  let size = 0;
  for await (const piece of pieces) {
    digest.update(piece);
    size += piece.length;
    yield piece;
  }
  done({ sha256: digest.digest("hex"), size });
}
