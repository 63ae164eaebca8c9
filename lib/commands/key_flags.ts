import { type KeySources, namesPrivateKey } from "../signing/mod.ts";
import { choice, type FlagValues, text, trimmed, type ValueFlag } from "./define.ts";

/**
 * A flag that says where a key is. Only an empty value means "not given": one of blanks names a file or variable that is
 * not there, so that a broken script fails instead of being signed or verified with another key (docs/spec/core.md 2.3).
 */
export function keySource(value: string, help: string): ValueFlag<string | undefined> {
  return { ...text(value, help), read: (given) => given === "" ? undefined : given };
}

/** Flags that name the key to verify with. */
export const verifyKeyFlags = {
  "public-key": keySource("file", "public key to verify with"),
  "public-key-env": keySource("variable", "environment variable that holds the public key"),
  "private-key": keySource("file", "private key whose public half verifies"),
  "private-key-env": keySource("variable", "environment variable that holds the private key"),
};

/** Flags that name the key to sign with. */
export const signingKeyFlags = {
  "key-mode": choice("mode", "prod signs with the given key, dev with a fresh one that nobody can trust", [
    "prod",
    "dev",
  ]),
  "private-key": keySource("file", "private key to sign with"),
  "private-key-env": keySource("variable", "environment variable that holds the private key"),
};

/** Flags of commands whose signature counts for nothing without a given key; a mode of blanks means the stricter one. */
export const mintKeyFlags = {
  ...signingKeyFlags,
  "key-mode": choice(
    "mode",
    "prod signs with the given key, dev with a fresh one that nobody else knows",
    ["dev", "prod"],
    { default: "dev", blank: "prod" },
  ),
};

/** The sources that flags name. */
export function keySources(
  flags: Partial<FlagValues<typeof verifyKeyFlags & typeof signingKeyFlags>>,
): KeySources {
  return {
    keyMode: flags["key-mode"],
    privateKey: flags["private-key"],
    privateKeyEnv: flags["private-key-env"],
    publicKey: flags["public-key"],
    publicKeyEnv: flags["public-key-env"],
  };
}

/** The sources of a signature, if any flag asks for one; these flags alone are trimmed (docs/spec/core.md 2.3). */
export function signingSources(flags: FlagValues<typeof signingKeyFlags>): KeySources | undefined {
  const sources = {
    keyMode: flags["key-mode"],
    privateKey: trimmed(flags["private-key"]),
    privateKeyEnv: trimmed(flags["private-key-env"]),
  };
  return sources.keyMode !== undefined || namesPrivateKey(sources) ? sources : undefined;
}
