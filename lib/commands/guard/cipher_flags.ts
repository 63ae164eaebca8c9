import type { Effects, Needs } from "../../effects/mod.ts";
import { loadSecretKey, type SecretKey } from "../../guard/encrypt/secret_key.ts";
import { type FlagValues, list, names, path, text } from "../define.ts";
import { keySource } from "../key_flags.ts";
import { forceFlag } from "../output_flags.ts";

/** Flags that say where to find an AES-256 key. */
export const secretKeyFlags = {
  "key-env": text("variable", "environment variable that holds the key: base64 of 32 bytes"),
  "key-command": path("program", "program that prints the key; run without a shell"),
  "key-command-args": list("arguments", "arguments of the program"),
};

/** Flags for the age identities that decrypt a file. */
export const identityFlags = {
  identity: keySource("file", "identity of a recipient, a file written by age-keygen"),
  "identity-env": keySource("variable", "environment variable that holds it"),
};

/** The flag for the recipients of a file. */
export const recipientFlag = {
  recipient: names("age1…", "encrypt for this age public key, so that no key on this host can decrypt it"),
};

/** Flags that `guard encrypt` and `guard decrypt` share. */
export const cipherFlags = {
  in: path("file", "the file; the same as the argument"),
  out: path("file", "output path; default: next to the input"),
  ...secretKeyFlags,
  ...forceFlag,
};

/** Load the key that the flags name. The permission to run programs is dropped if no key program is named. */
export function secretKeyOf(
  flags: FlagValues<typeof secretKeyFlags>,
  effects: Effects,
  narrow: (needs: Needs) => void,
): Promise<SecretKey> {
  if (flags["key-env"] !== undefined || flags["key-command"] === undefined) {
    narrow({ read: true, write: true, env: true });
  }
  return loadSecretKey({
    keyEnv: flags["key-env"],
    keyCommand: flags["key-command"],
    keyCommandArgs: flags["key-command-args"],
  }, effects);
}
