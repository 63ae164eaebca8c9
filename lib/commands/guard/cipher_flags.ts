import type { Effects, Needs } from "../../effects/mod.ts";
import { loadSecretKey, type SecretKey } from "../../guard/encrypt/secret_key.ts";
import { type FlagValues, list, names, text } from "../define.ts";
import { keySource } from "../key_flags.ts";
import { forceFlag } from "../output_flags.ts";

/** Flags that say where a key of AES-256 is. */
export const secretKeyFlags = {
  "key-env": text("variable", "environment variable that holds the key: base64 of 32 bytes"),
  "key-command": text("program", "program that prints the key; run without a shell"),
  "key-command-args": list("arguments", "what the program is called with"),
};

/** Flags that say which identities of age open a file. */
export const identityFlags = {
  identity: keySource("file", "identity of a recipient, as age-keygen writes it"),
  "identity-env": keySource("variable", "environment variable that holds it"),
};

/** Who may open a file. */
export const recipientFlag = {
  recipient: names("age1…", "encrypt for this public key of age, so that no key here opens it"),
};

/** Flags that `guard encrypt` and `guard decrypt` share. */
export const cipherFlags = {
  in: text("file", "the file; the same as the argument"),
  out: text("file", "where to write; beside the file when absent"),
  ...secretKeyFlags,
  ...forceFlag,
};

/** The key that flags name; what starts programs is given up where no program is named. */
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
