import { joinPath } from "../../formats/path.ts";

/** Clients whose configuration is known. */
export const CLIENTS = ["claude-desktop", "cursor", "vscode", "claude-code"] as const;

export type Client = typeof CLIENTS[number];

/** Where a user's settings are. */
export interface UserPlaces {
  readonly os: string;
  readonly home: string | undefined;
  /** Of Windows. */
  readonly appData: string | undefined;
  /** Of Linux. */
  readonly configHome: string | undefined;
}

/** The member of a client's configuration that holds its servers. */
export function serversMember(client: Client): string {
  return client === "vscode" ? "servers" : "mcpServers";
}

/** The files in which a client looks for its servers; those of the project first. */
export function configurationPaths(client: Client, places: UserPlaces): string[] {
  const { home } = places;
  const settings = settingsFolder(places);
  const at = (folder: string | undefined, path: string) => folder ? [joinPath(folder, path)] : [];
  switch (client) {
    case "claude-desktop":
      return at(settings, "Claude/claude_desktop_config.json");
    case "cursor":
      return [".cursor/mcp.json", ...at(home, ".cursor/mcp.json")];
    case "vscode":
      return [".vscode/mcp.json", ...at(settings, "Code/User/mcp.json")];
    case "claude-code":
      return [".mcp.json", ...at(home, ".claude.json")];
  }
}

function settingsFolder({ os, home, appData, configHome }: UserPlaces): string | undefined {
  if (os === "windows") return appData;
  if (os === "darwin") return home && joinPath(home, "Library/Application Support");
  return configHome || (home && joinPath(home, ".config"));
}
