import { createHash } from "node:crypto";
import { Decrypter, Encrypter } from "age-encryption";
import type { Files } from "../../effects/types.ts";
import { GaitError, invalidInput, invalidOption, messageOf } from "../../errors/mod.ts";
import { decodeUtf8 } from "../../formats/bytes.ts";
import { AGE_LINE, formOf } from "./form.ts";
import type { PlainFacts } from "./sealed_file.ts";

/*
 * Files for recipients, in the format of age (age-encryption.org/v1): whoever encrypts needs public keys alone, so the host
 * that keeps evidence holds nothing that opens it. The header is authenticated, and tells neither digest nor size. The
 * package brings its own randomness.
 */

/** A header of more is not read: it would be kept whole. Room for some hundred recipients. */
const MAX_HEADER_BYTES = 262_144;

/**
 * Check the header of a file of age before it is parsed, which would read up to a line end wherever that is.
 *
 * @throws {GaitError} `invalid_input` for one without end, and for an armored one
 */
export async function checkAgeHeader(path: string, files: Pick<Files, "readPart">): Promise<void> {
  if (await formOf(path, files) === "armored") {
    throw invalidInput(`Cannot decrypt "${path}": it is armored`, {
      hint: "Only the binary form is read; age -d reads both",
    });
  }
  const head = decodeUtf8(await files.readPart(path, 0, MAX_HEADER_BYTES));
  if (!head.startsWith(AGE_LINE) || !head.includes("\n--- ")) {
    throw damaged(path, "its header is no header of age", undefined);
  }
}

/**
 * An encryptor for recipients.
 *
 * @throws {GaitError} `invalid_input` for one that is no recipient of age
 */
export function encrypterFor(recipients: readonly string[]): Encrypter {
  const encrypter = new Encrypter();
  for (const recipient of new Set(recipients)) {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      // Whoever gives an identity by mistake must not find it in a log.
      const isPublic = recipient.startsWith("age1");
      throw invalidInput(
        isPublic
          ? `Cannot encrypt for "${recipient.slice(0, 80)}": it is no recipient of age`
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

/** A file for recipients in pieces; one piece of the plaintext is in memory at a time. */
export async function* sealForRecipients(
  plain: AsyncIterable<Uint8Array>,
  encrypter: Encrypter,
  done: (facts: PlainFacts) => void,
): AsyncGenerator<Uint8Array> {
  yield* await encrypter.encrypt(ReadableStream.from(counted(plain, done)));
}

/**
 * The plaintext of a file of age in pieces. Each is authentic, but only after the last one was all of the file there.
 *
 * @throws {GaitError} `invalid_input` when no identity opens it, or it was changed or cut
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
      throw invalidInput(`Cannot decrypt "${path}": it is for other recipients`, {
        hint: "Give the identity of one of its recipients; nothing was written",
        cause,
      });
    }
    throw damaged(path, "it was changed or cut", cause);
  }
}

/**
 * Identities from the text of a file as `age-keygen` writes it: one a line, comments after `#`.
 *
 * @throws {GaitError} `invalid_input` for anything else; no error shows a line
 */
export function parseIdentities(text: string, where: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) =>
    line !== "" && !line.startsWith("#")
  );
  try {
    for (const line of lines) new Decrypter().addIdentity(line);
  } catch {
    throw invalidInput(`Cannot read ${where}: a line is no identity of age`, {
      hint: "Give a file that age-keygen wrote; its lines begin with AGE-SECRET-KEY-1",
    });
  }
  if (lines.length > 0) return lines;
  throw invalidOption(() => `Cannot read ${where}: it holds no identity of age`);
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
