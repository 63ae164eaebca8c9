import type { Entry } from "./entry.ts";

/** A frequent command, which starts without loading the table (docs/architecture.md, "Start-up is a budget"). */
export interface HotEntry extends Entry {
  /** Words that follow the name in other commands, e.g. `chain` of `verify chain`. */
  readonly subcommands: readonly string[];
}

export const GATE_EVAL: HotEntry = {
  name: "gate eval",
  summary: "Decide whether a call may happen, and sign the decision",
  goal: "Decide what may happen",
  load: () => import("./gate/eval.ts"),
  subcommands: [],
};

export const VERIFY: HotEntry = {
  name: "verify",
  summary: "Verify a runpack, offline",
  goal: "Prove what happened",
  milestone: "A2",
  load: () => import("./verify.ts"),
  subcommands: ["chain", "session-chain"],
};

export const VERSION: HotEntry = {
  name: "version",
  summary: "Print the version",
  goal: "The program",
  load: () => import("./version.ts"),
  subcommands: [],
};

/** The hooks of coding agents, which wait for one before each of their calls. */
export const HOOKS: readonly HotEntry[] = [
  hook("claude-code", "Claude Code", () => import("./hook/claude_code.ts")),
  hook("cursor", "Cursor", () => import("./hook/cursor.ts")),
  hook("codex", "Codex", () => import("./hook/codex.ts")),
  hook("gemini-cli", "Gemini CLI", () => import("./hook/gemini_cli.ts")),
];

function hook(client: string, agent: string, load: HotEntry["load"]): HotEntry {
  return {
    name: `hook ${client}`,
    summary: `Decide a tool call of ${agent}, as its hook`,
    goal: "Decide what may happen",
    load,
    subcommands: [],
  };
}

/** All hot commands. The bundler gives each a file of its own, named like the command. */
export const HOT: readonly HotEntry[] = [GATE_EVAL, VERIFY, VERSION, ...HOOKS];

/** The hot command of a command line; `undefined` when the table is needed. */
export function findHot(argv: readonly string[], hot: readonly HotEntry[]): HotEntry | undefined {
  return hot.find(({ name, subcommands }) => {
    const words = name.split(" ");
    return words.every((word, i) => argv[i] === word) && !subcommands.includes(argv[words.length] ?? "");
  });
}
