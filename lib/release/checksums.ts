import { invalidInput } from "../errors/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { foreignPathFault, leavesFolder } from "../formats/path.ts";
import { type Digest, isHexDigest } from "../signing/mod.ts";

/** One file of a release. */
export interface Checksum {
  readonly digest: Digest;
  /**
   * `gait_1.2.3_linux_amd64.tar.gz` for an archive; `gait_1.2.3_linux_amd64/gait` for the executable inside it, so
   * that an installed executable can be checked when its archive is gone.
   */
  readonly name: string;
}

/** Largest checksum file that is read, in bytes. */
export const MAX_CHECKSUMS_BYTES = 1024 * 1024;

/**
 * Read a checksum file as `sha256sum` writes it: `<64 hex digits>  <name>`, one file a line.
 *
 * @throws {GaitError} `invalid_input` for an empty list, any other line, or a name that occurs twice: whoever reads
 * such a file could take the digest that was not meant
 */
export function parseChecksums(text: string): Checksum[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  if (lines.length === 0) throw invalidInput("Cannot read checksums: the file is empty");
  const seen = new Set<string>();
  return lines.map((line, i) => {
    const [digest, separator, name] = [line.slice(0, 64), line.slice(64, 66), line.slice(66)];
    if (!isHexDigest(digest) || (separator !== "  " && separator !== " *")) {
      throw invalidInput(`Cannot read checksums: line ${i + 1} is not "<sha256>  <name>"`);
    }
    const fault = nameFault(name);
    if (fault !== undefined) {
      throw invalidInput(`Cannot read checksums: the name in line ${i + 1} ${fault}`);
    }
    if (seen.has(name)) throw invalidInput(`Cannot read checksums: line ${i + 1} repeats a name`);
    seen.add(name);
    return { digest: digest as Digest, name };
  });
}

/** The text of a checksum file, sorted by name. */
export function formatChecksums(checksums: readonly Checksum[]): string {
  return [...checksums].sort((left, right) => compareBytewise(left.name, right.name))
    .map(({ digest, name }) => `${digest}  ${name}\n`).join("");
}

/** Why a name can't be that of a file of a release; an attacker may have written the list. */
function nameFault(name: string): string | undefined {
  if (!/^[!-~]+$/.test(name)) return "holds characters that are not visible ASCII";
  if (name.startsWith("/") || leavesFolder(name)) return "leaves the folder of the release";
  return foreignPathFault(name)?.replace(/^it /, "");
}
