import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { CLIENTS, configurationPaths, serversMember } from "../../mcp/install/clients.ts";
import type { ChangedServer, Configuration, ConfigurationChange } from "../../mcp/install/plan.ts";
import { readConfiguration } from "../../mcp/install/write.ts";
import { shellWord } from "../../formats/shell.ts";
import { bool, choice, type FlagValues, names, path, required, trimmed } from "../define.ts";
import { bad, bold, columns, dim, good, type Line, line, warn } from "../text.ts";

/** Flags of `mcp install` and `mcp uninstall`. */
export const clientFlags = {
  client: required(choice("client", "the client whose servers are meant", CLIENTS)),
  config: path("file", "its configuration (default: the one of this folder, else the user's)"),
  server: names("name", "only these servers"),
  yes: bool("change the file without asking"),
  "dry-run": bool("only show the difference"),
};

type Given = FlagValues<typeof clientFlags>;

/** The configuration that flags name. */
export async function loadConfiguration(flags: Given, effects: Effects) {
  const given = await configurationPath(flags, effects);
  const file = await readConfiguration(effects.files, given);
  const configuration: Configuration = {
    what: `configuration "${file.path}"`,
    text: file.text,
    backup: file.backup,
    member: serversMember(flags.client),
  };
  return { file, configuration };
}

async function configurationPath(
  { client, config }: Given,
  { files, env, home, os }: Effects,
): Promise<string> {
  const given = trimmed(config);
  if (given !== undefined) return given;
  const paths = configurationPaths(client, {
    os,
    home,
    appData: env.get("APPDATA"),
    configHome: env.get("XDG_CONFIG_HOME"),
  });
  for (const path of paths) if (await files.isFile(path)) return path;
  throw invalidInput(`Cannot find the configuration of ${client}: ${paths.join(", ")}`, {
    hint: "Name it: --config <file>",
  });
}

/** The difference, server by server. */
export function changeLines(path: string, { changed, unchanged, left }: ConfigurationChange): Line[] {
  return [
    line(bold(path)),
    ...changed.flatMap(({ name, before, after }: ChangedServer) => [
      line(`  ${name}`),
      line(bad("    - "), before.map(shellWord).join(" ")),
      line(good("    + "), after.map(shellWord).join(" ")),
    ]),
    ...columns([
      ...unchanged.map((name) => [name, dim("unchanged")] as const),
      ...left.map(({ name, why }) => [name, warn(`left alone: ${why}`)] as const),
    ]),
  ];
}

/** The difference, for machines. */
export function encodeChange(path: string, { changed, unchanged, left }: ConfigurationChange) {
  return {
    config: path,
    changed: changed.map(({ name, before, after }) => ({ name, before: [...before], after: [...after] })),
    unchanged: [...unchanged],
    left: left.map(({ name, why }) => ({ name, why })),
  };
}
