import { type KeySources, namesPrivateKey } from "../signing/mod.ts";
import { choice, demand, type FlagValues, path, text, trimmed, type ValueFlag } from "./define.ts";

/**
 * A flag that names the source of a key. A blank value is refused: a script with an unset variable fails instead of using
 * another key, or none (docs/spec/core.md 2.3).
 */
export function keySource(value: "file" | "variable", help: string): ValueFlag<string | undefined> {
  const flag = value === "file" ? path(value, help) : text(value, help);
  return demand({ ...flag, read: (given) => trimmed(given) === undefined ? undefined : given });
}

/** Flags for a verification key. */
export const verifyKeyFlags = {
  "public-key": keySource("file", "public key to verify with"),
  "public-key-env": keySource("variable", "environment variable with the public key"),
  "private-key": keySource("file", "private key whose public half to verify with"),
  "private-key-env": keySource("variable", "environment variable with the private key"),
};

/** Flags for a signing key. */
export const signingKeyFlags = {
  "key-mode": choice("mode", "prod signs with the given key, dev with a fresh one that nobody can trust", [
    "prod",
    "dev",
  ]),
  "private-key": keySource("file", "private key to sign with"),
  "private-key-env": keySource("variable", "environment variable with the private key"),
};

/** Flags for the signing key of a token; a blank mode means `prod`. */
export const mintKeyFlags = {
  ...signingKeyFlags,
  "key-mode": choice(
    "mode",
    "prod signs with the given key, dev with a fresh one that nobody can trust",
    ["dev", "prod"],
    { default: "dev", blank: "prod" },
  ),
};

/** The key sources of flags. */
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

/**
 * The key sources of an optional signature, if any flag is set; only these flags are trimmed (docs/spec/core.md 2.3).
 */
export function signingSources(flags: FlagValues<typeof signingKeyFlags>): KeySources | undefined {
  const sources = {
    keyMode: flags["key-mode"],
    privateKey: trimmed(flags["private-key"]),
    privateKeyEnv: trimmed(flags["private-key-env"]),
  };
  return sources.keyMode !== undefined || namesPrivateKey(sources) ? sources : undefined;
}
