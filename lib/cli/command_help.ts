import type { Entry } from "../commands/table.ts";
import { bold, columns, dim, type Line, line, prose } from "../commands/text.ts";
import { argumentRows, commonFlagRows, type Listed, ownFlagRows, permissionsOf, usageOf } from "./catalog.ts";
import { commandsIn } from "./groups.ts";
import { EXIT_STATUSES } from "./man_sections.ts";

/** The help page of one command. */
export function commandHelp(listed: Listed, table: readonly Entry[]): Line[] {
  const { entry, command } = listed;
  const flags = [...ownFlagRows(command), ...commonFlagRows()].map(({ flag, help, default: value }) =>
    [flag, value === undefined ? help : `${help} (default ${value})`] as const
  );
  const permissions = permissionsOf(command);
  const inside = commandsIn(entry.name, table);
  return [
    line(bold(`gait ${entry.name}`), `  ${entry.summary}`),
    line(),
    line(bold("Usage: "), usageOf(listed)),
    line(),
    line(prose(command.explain)),
    ...section("Arguments", columns(argumentRows(command).map(({ name, help }) => [name, help]))),
    ...section("Flags", columns(flags)),
    ...section("Commands", columns(inside.map(({ name, summary }) => [name, summary]))),
    ...section("Examples", command.examples.map((example) => line("  ", example))),
    ...section("Permissions", [
      permissions.length > 0
        ? line(
          "  ",
          prose(
            `It may ${permissions.join(", ")}; every other permission is dropped before it reads any input.`,
          ),
        )
        : line("  ", prose("None: all permissions are dropped before it reads any input.")),
    ]),
    ...section("Exit status", [0, 3, 6].map((from) => exitLine(EXIT_STATUSES.slice(from, from + 3)))),
  ];
}

function exitLine(statuses: typeof EXIT_STATUSES): Line {
  return line("  ", prose(dim(statuses.map(([status, what]) => `${status} ${what}`).join(" · "))));
}

function section(title: string, lines: readonly Line[]): Line[] {
  return lines.length === 0 ? [] : [line(), line(bold(title)), ...lines];
}
