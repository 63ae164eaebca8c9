import type { Entry } from "../commands/table.ts";
import { bold, columns, dim, type Line, line, prose } from "../commands/text.ts";
import { byGoal } from "./catalog.ts";
import { commandsIn } from "./groups.ts";
import { FIRST_STEPS } from "./man_sections.ts";
import { append, largest } from "../formats/lists.ts";
import { unknownTopic } from "./unknown_topic.ts";

const PROMISE =
  "Records what agents do as signed evidence, verifies it offline, and keeps incidents from coming back.";

/**
 * Help on a topic: a command, a group, or everything for an empty topic. Only the page of a command loads it.
 *
 * @throws {GaitError} `invalid_input` for any other topic
 */
export async function helpLines(topic: string, table: readonly Entry[], version: string): Promise<Line[]> {
  if (topic === "") return overview(table, version);
  const entry = table.find((entry) => entry.name === topic);
  if (entry) {
    const { commandHelp } = await import("./command_help.ts");
    return commandHelp({ entry, command: (await entry.load()).default }, table);
  }
  if (commandsIn(topic, table).length > 0) return groupHelp(topic, table);
  throw unknownTopic(topic, table);
}

function overview(table: readonly Entry[], version: string): Line[] {
  const width = largest(table.map((entry) => entry.name.length));
  const lines = [
    line(bold("gait"), ` ${version}`),
    line(prose(PROMISE)),
    line(),
    line(bold("Usage: "), "gait <command> [arguments] [flags]"),
  ];
  const known = FIRST_STEPS.filter(([step]) =>
    table.some(({ name }) => `${step} `.startsWith(`gait ${name} `))
  );
  if (known.length > 0) {
    const steps = known.map(([step, what]) => [step, dim(what)] as const);
    append(lines, [line(), line(bold("Try first")), ...columns(steps)]);
  }
  for (const [goal, entries] of byGoal(table)) {
    lines.push(line(), line(bold(goal)));
    append(lines, columns(entries.map(({ name, summary }) => [name.padEnd(width), summary])));
  }
  return [
    ...lines,
    line(),
    line(bold("Read more")),
    ...columns([
      ["gait help <command>", "its arguments, flags, permissions and examples"],
      ["gait <command> --explain", "one line about what it does, without running it"],
      ["gait <command> --json", "one JSON object instead of text"],
      ["gait man | man -l -", "the manual, with exit statuses, variables and files"],
    ]),
  ];
}

function groupHelp(group: string, table: readonly Entry[]): Line[] {
  return [
    line(bold("Usage: "), `gait ${group} <command> [arguments] [flags]`),
    line(),
    ...columns(commandsIn(group, table).map(({ name, summary }) => [name, summary])),
    line(),
    line(
      dim(`Flags, permissions and examples of one of them: gait help ${commandsIn(group, table)[0]!.name}`),
    ),
  ];
}
