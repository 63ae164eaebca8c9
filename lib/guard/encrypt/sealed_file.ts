import { createCipheriv, createHash } from "node:crypto";
import { invalidInput } from "../../errors/mod.ts";
import { base64, concat, utf8 } from "../../formats/bytes.ts";
import { base64Bulk } from "../../formats/base64_bulk.ts";
import { canonicalize } from "../../formats/json/mod.ts";
import type { Rfc3339 } from "../../formats/time.ts";
import { GUARD_SCHEMA_ID } from "../../schema/guard.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import type { SecretKey } from "./secret_key.ts";

/** The only algorithm of encrypted artifacts. */
export const ALGORITHM = "aes-256-gcm";

/** Bytes of the nonce and of the tag of GCM. */
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** The most data that GCM may encrypt under one nonce (NIST SP 800-38D section 5.2.1.1): 2^36 - 32 bytes. */
export const MAX_PLAIN_BYTES = 2 ** 36 - 32;

/** Digest and size of the plaintext. */
export interface PlainFacts {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** The inputs for sealing an artifact. */
export interface SealContext {
  readonly key: SecretKey;
  /** Must be fresh for every artifact: reusing a nonce with the same key reveals both plaintexts. */
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly now: Rfc3339;
  readonly version: string;
}

/**
 * Encrypt an artifact as a stream of canonical JSON (docs/spec/guard.md section 7). Only one chunk of the plaintext
 * is in memory at a time; the ciphertext precedes the members whose values are known only at the end.
 *
 * @param done called with digest and size before the last chunk
 * @throws {GaitError} `invalid_input` beyond {@linkcode MAX_PLAIN_BYTES}
 */
export async function* sealParts(
  plain: AsyncIterable<Uint8Array>,
  { key, nonce, now, version }: SealContext,
  done: (facts: PlainFacts) => void,
): AsyncGenerator<Uint8Array> {
  const cipher = createCipheriv(ALGORITHM, key.bytes, nonce, { authTagLength: TAG_BYTES });
  const digest = createHash("sha256");
  let size = 0;
  yield utf8(`{"algorithm":"${ALGORITHM}","ciphertext":"`);
  let carried = new Uint8Array() as Uint8Array;
  for await (const piece of plain) {
    size += piece.length;
    if (size > MAX_PLAIN_BYTES) throw tooLarge();
    digest.update(piece);
    const sealed = concat([carried, cipher.update(piece)]);
    const whole = sealed.length - sealed.length % 3; // so that no padding stands in the middle
    yield utf8(base64Bulk(sealed.subarray(0, whole)));
    carried = sealed.subarray(whole);
  }
  yield utf8(base64Bulk(concat([carried, cipher.final(), cipher.getAuthTag()])));
  const sha256 = digest.digest("hex");
  done({ sha256, size });
  const rest = canonicalize({
    created_at: now,
    key_source: key.source,
    nonce: base64(nonce),
    plain_sha256: sha256,
    plain_size: size,
    producer_version: version,
    schema_id: GUARD_SCHEMA_ID.encrypted,
    schema_version: RECORD_VERSION,
  });
  yield utf8(`",${rest.slice(1)}`);
}

/** The error for a file that is too large for one artifact. */
export function tooLarge() {
  return invalidInput(`Cannot encrypt: the file is larger than ${MAX_PLAIN_BYTES} bytes`, {
    hint: "Encrypt it for recipients instead: --recipient age1…",
  });
}
