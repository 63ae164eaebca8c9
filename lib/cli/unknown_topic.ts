import type { Entry } from "../commands/table.ts";
import { type GaitError, invalidInput } from "../errors/mod.ts";
import { nearestCommand } from "./nearest.ts";

/**
 * Help on words that are neither a command nor a group is refused, in text as in JSON: whoever asks a script
 * `gait help scuot` must not take the list of everything for the answer (docs/spec/core.md 3.1).
 */
export function unknownTopic(topic: string, table: readonly Entry[]): GaitError {
  const near = nearestCommand(topic.split(" "), table);
  return invalidInput(`There is no command "${topic}"`, {
    hint: near === undefined ? "See all commands with: gait help" : `Did you mean: gait help ${near}`,
  });
}
