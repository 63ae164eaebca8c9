import type { Entry } from "./entry.ts";

/** A command that is called all the time: it starts without the table (docs/architecture.md, "Start-up is a budget"). */
export interface HotEntry extends Entry {
  /** Words that would make it another command: `verify chain` stands beside `verify`. */
  readonly beside: readonly string[];
}

export const GATE_EVAL: HotEntry = {
  name: "gate eval",
  summary: "Decide whether a call may happen, and sign the decision",
  goal: "Decide what may happen",
  load: () => import("./gate/eval.ts"),
  beside: [],
};

export const VERIFY: HotEntry = {
  name: "verify",
  summary: "Verify a runpack, offline",
  goal: "Prove what happened",
  milestone: "A2",
  load: () => import("./verify.ts"),
  beside: ["chain", "session-chain"],
};

export const VERSION: HotEntry = {
  name: "version",
  summary: "Print the version",
  goal: "The program",
  load: () => import("./version.ts"),
  beside: [],
};

/** All of them. The bundler gives each a file of its own; its module is called as the command is. */
export const HOT: readonly HotEntry[] = [GATE_EVAL, VERIFY, VERSION];

/** The hot command that a line calls; nothing when the table must say what is meant. */
export function findHot(argv: readonly string[], hot: readonly HotEntry[]): HotEntry | undefined {
  return hot.find(({ name, beside }) => {
    const words = name.split(" ");
    return words.every((word, i) => argv[i] === word) && !beside.includes(argv[words.length] ?? "");
  });
}
