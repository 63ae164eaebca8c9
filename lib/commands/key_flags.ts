import type { KeySources } from "../signing/mod.ts";
import { blankText, type FlagValues } from "./define.ts";

/** Flags that name the key to verify with. */
export const verifyKeyFlags = {
  "public-key": blankText("file", "public key to verify with"),
  "public-key-env": blankText("variable", "environment variable that holds the public key"),
  "private-key": blankText("file", "private key whose public half verifies"),
  "private-key-env": blankText("variable", "environment variable that holds the private key"),
};

/** Flags that name the key to sign with. */
export const signingKeyFlags = {
  "key-mode": blankText("mode", "prod signs with the given key, dev with a fresh one that nobody can trust", {
    choices: ["prod", "dev"],
  }),
  "private-key": blankText("file", "private key to sign with"),
  "private-key-env": blankText("variable", "environment variable that holds the private key"),
};

/** The sources that flags name. */
export function keySources(
  flags: Partial<FlagValues<typeof verifyKeyFlags & typeof signingKeyFlags>>,
): KeySources {
  return {
    keyMode: flags["key-mode"] ?? "",
    privateKey: flags["private-key"] ?? "",
    privateKeyEnv: flags["private-key-env"] ?? "",
    publicKey: flags["public-key"] ?? "",
    publicKeyEnv: flags["public-key-env"] ?? "",
  };
}

/** Whether any flag asks for a signature; these flags alone are trimmed (docs/spec/core.md 2.3). */
export function signingSources(flags: FlagValues<typeof signingKeyFlags>): KeySources | undefined {
  const trimmed = {
    "key-mode": flags["key-mode"].trim(),
    "private-key": flags["private-key"].trim(),
    "private-key-env": flags["private-key-env"].trim(),
  };
  return Object.values(trimmed).some((value) => value !== "") ? keySources(trimmed) : undefined;
}
