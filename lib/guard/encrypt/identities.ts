import type { Effects } from "../../effects/types.ts";
import { invalidInput, invalidOption, OptionError } from "../../errors/mod.ts";
import { decodeUtf8 } from "../../formats/bytes.ts";
import { parseIdentities } from "./age.ts";

/** Where age identities come from. */
export interface IdentitySources {
  /** Path of a file written by `age-keygen`. */
  readonly identity?: string | undefined;
  /** Environment variable with the content of such a file. */
  readonly identityEnv?: string | undefined;
}

const MAX_IDENTITY_BYTES = 1 << 20;

/**
 * Load the identities to decrypt with.
 *
 * @returns the identities, and a warning if other users can read their file
 * @throws {GaitError} `invalid_input` without a source, or if the source is unusable, `unsafe_operation` for a link
 */
export async function loadIdentities(
  { identity, identityEnv }: IdentitySources,
  { files, env }: Pick<Effects, "files" | "env">,
): Promise<{ readonly identities: readonly string[]; readonly warnings: readonly string[] }> {
  if (identity !== undefined && identityEnv !== undefined) {
    throw invalidOption((name) => `Cannot use ${name("identity")} together with ${name("identityEnv")}`);
  }
  if (identityEnv !== undefined) {
    const text = env.get(identityEnv) ?? "";
    if (text.trim() === "") {
      throw invalidInput(`Cannot read identity: environment variable "${identityEnv}" is not set`);
    }
    return { identities: parseIdentities(text, `identity in "${identityEnv}"`), warnings: [] };
  }
  if (identity === undefined) {
    throw invalidOption(
      () => "Missing identity: the file is encrypted for recipients",
      (name) => `Give the key of one of them: ${name("identity")} <file>`,
    );
  }
  const info = await files.stat(identity);
  // Anyone who can place a link could choose which key is used (docs/threat_model.md 17).
  if (info?.kind === "symlink") {
    throw new OptionError("unsafe_operation", {
      message: () => `Cannot read identity "${identity}": it is a symbolic link`,
      hint: (name) => `Give the file itself, or pass it by ${name("identityEnv")}`,
    });
  }
  const text = decodeUtf8(await files.read(identity, MAX_IDENTITY_BYTES));
  const open = info !== undefined && (info.mode & 0o077) !== 0;
  return {
    identities: parseIdentities(text, `identity "${identity}"`),
    warnings: open ? [`identity file is readable by others: chmod 600 ${identity}`] : [],
  };
}
