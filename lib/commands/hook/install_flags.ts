import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { joinPath } from "../../formats/path.ts";
import { CONTRACTS, HOOK_CLIENTS, type HookClient } from "../../mcp/hooks/clients.ts";
import type { SettingsChange } from "../../mcp/hooks/settings.ts";
import { bool, choice, type FlagValues, path } from "../define.ts";
import { wordOf } from "../flags.ts";
import { bad, bold, good, type Line, line } from "../text.ts";

/** Flags of `hook install` and `hook uninstall`. */
export const settingsFlags = {
  settings: path("file", "the settings of the agent (default: those of this folder)"),
  scope: choice(
    "scope",
    "whose settings, when no file is named: of this folder, or of the user (default: project)",
    [
      "project",
      "user",
    ],
  ),
  yes: bool("change the file without asking"),
  "dry-run": bool("only show the difference"),
};

/** The agent that an argument names. */
export function clientOf(positionals: readonly string[]): HookClient {
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0) {
    throw invalidInput(`Cannot tell which agent is meant: expected one of ${HOOK_CLIENTS.join(", ")}`, {
      hint: "For example: gait hook install claude-code --policy policy.yaml",
    });
  }
  return wordOf(given, "agent", HOOK_CLIENTS);
}

/** The file of settings that flags name. */
export function settingsPath(
  client: HookClient,
  { settings, scope }: FlagValues<typeof settingsFlags>,
  { home }: Pick<Effects, "home">,
): string {
  const contract = CONTRACTS[client];
  if (settings !== undefined) return settings;
  if (scope !== "user") return contract.settings;
  if (home === undefined) {
    throw invalidInput("Cannot find the settings of the user: HOME is not set", {
      hint: "Name them: --settings <file>",
    });
  }
  return joinPath(home, contract.userSettings);
}

/** The difference, hook by hook. */
export function changeLines(file: string, { removed, added }: SettingsChange): Line[] {
  return [
    line(bold(file)),
    ...removed.map(({ event, command }) => line(bad("  - "), `${event}: ${command}`)),
    ...added.map(({ event, command }) => line(good("  + "), `${event}: ${command}`)),
  ];
}

/** The difference, for machines. */
export function encodeChange(file: string, { removed, added }: SettingsChange) {
  const encode = (entries: SettingsChange["added"]) =>
    entries.map(({ event, command }) => ({ event, command }));
  return { settings: file, removed: encode(removed), added: encode(added) };
}
