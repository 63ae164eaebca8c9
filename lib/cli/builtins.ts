import type { Entry } from "../commands/table.ts";

/**
 * The complete table: the given commands plus help, completion and man. Those three are defined here because they are
 * generated from the table.
 */
export function withBuiltins(commands: readonly Entry[]): readonly Entry[] {
  const table: readonly Entry[] = [
    ...commands,
    {
      name: "help",
      summary: "List the commands, or describe one of them",
      goal: "The program",
      load: async () => ({ default: (await import("./builtin/help.ts")).helpCommand(table) }),
    },
    {
      name: "completion",
      summary: "Print a completion script for your shell",
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
