import { VERIFY_PROFILES } from "../runpack/verify.ts";
import { choice } from "./define.ts";

/** How much a verification demands. */
export const profileFlag = choice(
  "profile",
  "strict demands a signature by a trusted key",
  VERIFY_PROFILES,
  { default: "standard", blank: "standard" },
);
