import { invalidInput } from "../errors/mod.ts";
import { missingKey, type TrustedKeys } from "../signing/mod.ts";
import { blankText } from "./define.ts";

/** How much a verification demands. */
export const profileFlag = blankText("profile", "strict demands a signature by a trusted key", {
  default: "standard",
  choices: ["standard", "strict"],
});

/**
 * Whether a signature is demanded; `strict` demands one and a key to check it with (docs/spec/core.md 6.1).
 *
 * @throws {GaitError} `invalid_input` for an unknown profile, or when strict has no key
 */
export function demandsSignature(profile: string, required: boolean, trusted: TrustedKeys): boolean {
  switch (profile.trim().toLowerCase()) {
    case "":
    case "standard":
      return required;
    case "strict":
      if (trusted.source === "none") throw missingKey();
      return true;
    default:
      throw invalidInput(`Cannot use profile "${profile}": expected "standard" or "strict"`);
  }
}

/** Whether a profile asks for everything; an unknown one was refused before. */
export function isStrict(profile: string): boolean {
  return profile.trim().toLowerCase() === "strict";
}
