import { failure, type Outcome, success } from "../commands/outcome.ts";
import type { Entry } from "../commands/table.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { omitEmpty } from "../schema/fields.ts";
import { argumentRows, type Listed, loadAll, ownFlagRows, permissionsOf, usageOf } from "./catalog.ts";
import { commandsIn } from "./groups.ts";
import { unknownTopic } from "./unknown_topic.ts";

/**
 * The commands as data, for programs that drive Gait: all of them, those of a group, or the one that is named. An
 * unknown topic is `invalid_input`: a program must not take other commands for the one that it asked about.
 */
export async function helpJson(topic: string, table: readonly Entry[]): Promise<Outcome> {
  const named = table.filter(({ name }) => name === topic);
  const entries = topic === "" ? table : [...named, ...commandsIn(topic, table)];
  if (entries.length === 0) return failure(unknownTopic(topic, table));
  const commands = (await loadAll(entries)).map(commandJson);
  return success({ ok: true, commands }, []);
}

function commandJson(listed: Listed): JsonObject {
  const { entry, command } = listed;
  const flags = ownFlagRows(command).map(({ flag, help, default: value }) =>
    value === undefined ? { flag, help } : { flag, help, default: value }
  );
  return omitEmpty(
    {
      name: entry.name,
      summary: entry.summary,
      goal: entry.goal,
      usage: usageOf(listed),
      explain: command.explain,
      arguments: argumentRows(command).map((row) => ({ ...row })),
      flags,
      permissions: permissionsOf(command),
      examples: [...command.examples],
    },
    "arguments",
    "flags",
    "permissions",
    "examples",
  );
}
