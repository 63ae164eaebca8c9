import type { Files } from "../../effects/types.ts";
import { invalidInput } from "../../errors/mod.ts";
import { checkAgeHeader, encrypterFor, openForIdentities, sealForRecipients } from "./age.ts";
import { type FileOptions, type ProcessedFile, removeUnchanged, sealedParts } from "./file.ts";
import { checkSource, checkTarget, PIECE, writeTarget } from "./output.ts";
import type { PlainFacts } from "./sealed_file.ts";
import { createHash } from "node:crypto";

/** File extension of files encrypted for recipients. */
export const AGE_END = ".age";

/** What decrypts a file that is re-encrypted. */
export type Opener =
  | { readonly kind: "identities"; readonly identities: readonly string[] }
  | { readonly kind: "key"; readonly key: Uint8Array<ArrayBuffer> };

/**
 * Encrypt a file for recipients (docs/spec/guard.md section 8), in constant memory.
 *
 * @param removeSource remove the input once the output was read back and compared with what was written (it can't be
 * decrypted here)
 */
export async function encryptForRecipients(
  { input, out = `${input}${AGE_END}`, force, removeSource = false }: FileOptions & {
    readonly removeSource?: boolean;
  },
  recipients: readonly string[],
  files: Files,
): Promise<ProcessedFile> {
  return await sealFrom(
    files.readChunks(input, PIECE),
    { input, out, force, removeSource },
    recipients,
    files,
  );
}

/** Decrypt an age file (docs/spec/guard.md section 8); a modified or truncated input leaves no output file. */
export async function decryptForIdentities(
  { input, out = openedName(input), force }: FileOptions,
  identities: readonly string[],
  files: Files,
): Promise<ProcessedFile> {
  await checkSource(input, files);
  await checkAgeHeader(input, files);
  const target = await checkTarget(out, input, force, files);
  let facts: PlainFacts | undefined;
  const parts = openForIdentities(
    files.readChunks(input, PIECE),
    identities,
    input,
    (found) => facts = found,
  );
  await writeTarget(target, parts, force, files);
  return { path: out, ...facts! };
}

/**
 * Re-encrypt an encrypted file for other recipients (docs/spec/guard.md section 8). The plaintext never reaches the
 * disk, and the new file has a new file key, so a former recipient can't decrypt it.
 */
export async function rewrapFile(
  options: FileOptions & { readonly out: string; readonly removeSource: boolean },
  opener: Opener,
  recipients: readonly string[],
  files: Files,
): Promise<ProcessedFile> {
  const { input } = options;
  await checkSource(input, files);
  if (opener.kind === "identities") await checkAgeHeader(input, files);
  const plain = opener.kind === "identities"
    ? openForIdentities(files.readChunks(input, PIECE), opener.identities, input, () => {})
    : await sealedParts(input, opener.key, files);
  return await sealFrom(plain, options, recipients, files);
}

async function sealFrom(
  plain: AsyncIterable<Uint8Array>,
  { input, out, force, removeSource }: Required<Omit<FileOptions, "out">> & {
    readonly out: string;
    readonly removeSource: boolean;
  },
  recipients: readonly string[],
  files: Files,
): Promise<ProcessedFile> {
  const encrypter = encrypterFor(recipients);
  const before = await checkSource(input, files);
  const target = await checkTarget(out, input, force, files);
  let facts: PlainFacts | undefined;
  const written = createHash("sha256");
  const parts = noted(sealForRecipients(plain, encrypter, (found) => facts = found), written);
  await writeTarget(target, parts, force, files);
  if (facts === undefined) throw invalidInput(`Cannot encrypt "${input}": it was not read completely`);
  if (removeSource) {
    const held = createHash("sha256");
    for await (const piece of files.readChunks(target, PIECE)) held.update(piece);
    await removeUnchanged(input, before.version, held.digest("hex") === written.digest("hex"), files);
  }
  return { path: out, ...facts as PlainFacts };
}

async function* noted(
  parts: AsyncIterable<Uint8Array>,
  digest: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    digest.update(part);
    yield part;
  }
}

function openedName(input: string): string {
  return input.endsWith(AGE_END) && input.length > AGE_END.length
    ? input.slice(0, -AGE_END.length)
    : `${input}.plain`;
}
