import { VERIFY_PROFILES } from "../runpack/verify.ts";
import { choice } from "./define.ts";

/** Flag for the profile of a verification. */
export const profileFlag = choice(
  "profile",
  "strict demands a signature by a trusted key",
  VERIFY_PROFILES,
  { default: "standard", blank: "standard" },
);
