import { verificationFailed } from "../errors/mod.ts";
import { baseName } from "../formats/path.ts";
import { type Digest, equalDigests, type PublicKey } from "../signing/mod.ts";
import { checkChecksumSignature, textOf } from "./checksum_signature.ts";
import { parseChecksums } from "./checksums.ts";

/** What {@linkcode verifyExecutable} checks. */
export interface ExecutableEvidence {
  /** SHA-256 of the executable. */
  readonly digest: Digest;
  /** Content of `checksums.txt`. */
  readonly checksums: Uint8Array<ArrayBuffer>;
  /** Content of its signature file. */
  readonly signature: string;
  /** The key of the release. */
  readonly key: PublicKey;
}

/**
 * Prove that an executable is the one of a release: a signed checksum file lists its digest.
 *
 * The signature is checked before the list is read, so that nothing unsigned is interpreted.
 *
 * @returns the name under which the release lists the executable, e.g. `gait_1.2.3_linux_amd64/gait`
 * @throws {GaitError} `verification_failed` when the key did not sign the list, or the list does not have the digest;
 * `invalid_input` when the list or the signature can't be read
 */
export async function verifyExecutable(evidence: ExecutableEvidence): Promise<string> {
  await checkChecksumSignature(evidence.checksums, evidence.signature, evidence.key);
  const listed = parseChecksums(textOf(evidence.checksums));
  const found = listed.find(({ digest, name }) =>
    equalDigests(digest, evidence.digest) && EXECUTABLES.includes(baseName(name))
  );
  if (found === undefined) {
    throw verificationFailed(`The signed checksums do not list this executable, SHA-256 ${evidence.digest}`, {
      hint: "Use the checksums of the same release; else download the executable again",
    });
  }
  return found.name;
}

const EXECUTABLES = ["gait", "gait.exe", "gait-online", "gait-online.exe"];
