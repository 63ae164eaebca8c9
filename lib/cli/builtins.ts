import type { Entry } from "../commands/table.ts";

/**
 * The whole table: the given commands, and those that speak about the table itself. They live here and not among
 * the commands because they need it.
 */
export function withBuiltins(commands: readonly Entry[]): readonly Entry[] {
  const table: readonly Entry[] = [
    ...commands,
    {
      name: "help",
      summary: "Show what there is, or all about one command",
      goal: "The program",
      load: async () => ({ default: (await import("./builtin/help.ts")).helpCommand(table) }),
    },
    {
      name: "completion",
      summary: "Print a script that completes gait in your shell",
      goal: "The program",
      load: async () => ({ default: (await import("./builtin/completion.ts")).completionCommand(table) }),
    },
    {
      name: "man",
      summary: "Print the manual page",
      goal: "The program",
      load: async () => ({ default: (await import("./builtin/man.ts")).manCommand(table) }),
    },
  ];
  return table;
}
