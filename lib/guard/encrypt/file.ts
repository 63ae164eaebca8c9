import type { Effects, Files } from "../../effects/types.ts";
import { invalidInput } from "../../errors/mod.ts";
import { timeOfMillis } from "../../formats/time.ts";
import { openParts } from "./open_file.ts";
import { checkSource, checkTarget, PIECE, writeTarget } from "./output.ts";
import { scanArtifact, type ScannedArtifact } from "./scan.ts";
import { MAX_PLAIN_BYTES, NONCE_BYTES, type PlainFacts, sealParts, tooLarge } from "./sealed_file.ts";
import type { SecretKey } from "./secret_key.ts";

/** Options for encrypting or decrypting a file. */
export interface FileOptions {
  readonly input: string;
  /** Next to the input if absent. */
  readonly out?: string | undefined;
  readonly force: boolean;
}

/** The file that was written. */
export interface ProcessedFile extends PlainFacts {
  /** The output, as it was given. */
  readonly path: string;
}

/** File extension of encrypted artifacts. */
export const SEALED_END = ".gaitenc";

/**
 * Encrypt a file with a key (docs/spec/guard.md section 7), in constant memory.
 *
 * @param removeSource remove the input once the output was read back and decrypts to the same content
 */
export async function encryptFile(
  { input, out = `${input}${SEALED_END}`, force, removeSource = false }: FileOptions & {
    readonly removeSource?: boolean;
  },
  key: SecretKey,
  version: string,
  { files, random, now }: Pick<Effects, "files" | "random" | "now">,
): Promise<ProcessedFile> {
  const before = await checkSource(input, files);
  if (before.size > MAX_PLAIN_BYTES) throw tooLarge();
  const target = await checkTarget(out, input, force, files);
  let facts: PlainFacts | undefined;
  const context = { key, nonce: random(NONCE_BYTES), now: timeOfMillis(now()), version };
  const parts = sealParts(files.readChunks(input, PIECE), context, (found) => facts = found);
  await writeTarget(target, parts, force, files);
  if (removeSource) {
    const { facts: held } = await authenticate(target, key.bytes, files);
    await removeUnchanged(input, before.version, held.sha256 === facts!.sha256, files);
  }
  return { path: out, ...facts! };
}

/**
 * Decrypt an artifact (docs/spec/guard.md section 7), in constant memory. It is decrypted twice: nothing is written
 * before the whole file was authenticated, so plaintext chosen by an attacker never reaches the disk.
 */
export async function decryptFile(
  { input, out = decryptedName(input), force }: FileOptions,
  key: Uint8Array<ArrayBuffer>,
  files: Files,
): Promise<ProcessedFile> {
  await checkSource(input, files);
  const target = await checkTarget(out, input, force, files);
  let facts: PlainFacts | undefined;
  const parts = await sealedParts(input, key, files, (found) => facts = found);
  await writeTarget(target, parts, force, files);
  return { path: out, ...facts! };
}

/**
 * The plaintext of an artifact as a stream, after all of it was authenticated in a first pass.
 *
 * @param done called with digest and size after the last chunk
 */
export async function sealedParts(
  input: string,
  key: Uint8Array<ArrayBuffer>,
  files: Files,
  done: (facts: PlainFacts) => void = () => {},
): Promise<AsyncIterable<Uint8Array>> {
  const { facts, scanned } = await authenticate(input, key, files);
  const what = `"${input}"`;
  return openParts(files.readChunks(input, PIECE), scanned, key, what, (found) => {
    if (found.sha256 !== facts.sha256) {
      throw invalidInput(`Cannot decrypt ${what}: it changed while it was being read`);
    }
    done(found);
  });
}

/** Decrypt an artifact without writing anything, to prove that it contains what was encrypted. */
async function authenticate(
  path: string,
  key: Uint8Array<ArrayBuffer>,
  files: Files,
): Promise<{ facts: PlainFacts; scanned: ScannedArtifact }> {
  const what = `"${path}"`;
  const scanned = await scanArtifact(files.readChunks(path, PIECE), what);
  let facts: PlainFacts | undefined;
  for await (
    const _ of openParts(files.readChunks(path, PIECE), scanned, key, what, (found) => facts = found)
  );
  return { facts: facts!, scanned };
}

/** Remove the input after its output was read back, unless the input changed in the meantime. */
export async function removeUnchanged(
  input: string,
  version: string,
  readBack: boolean,
  files: Pick<Files, "stat" | "remove">,
): Promise<void> {
  if (!readBack || (await files.stat(input))?.version !== version) {
    throw invalidInput(`Cannot remove "${input}": it changed after it was encrypted`, {
      hint: "Both files were kept; encrypt it again",
    });
  }
  await files.remove(input);
}

function decryptedName(input: string): string {
  return input.endsWith(SEALED_END) && input.length > SEALED_END.length
    ? input.slice(0, -SEALED_END.length)
    : `${input}.plain`;
}
