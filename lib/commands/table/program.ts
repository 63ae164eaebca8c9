import type { Entry } from "../entry.ts";
import { VERSION } from "../hot.ts";

/** The commands under "The program" (the goal of the command table) that are not made from the table itself. */
export const THE_PROGRAM: readonly Entry[] = [
  VERSION,
  {
    name: "self verify",
    summary: "Check this executable against the signed checksums of its release",
    goal: "The program",
    load: () => import("../self/verify.ts"),
  },
];
