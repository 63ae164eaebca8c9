import type { JsonObject } from "../../formats/json/mod.ts";
import { trim, trimLower } from "../../formats/text.ts";
import { text } from "../../intent/fields.ts";
import { knownFields } from "../fields.ts";

/** The claimed identity of an MCP server; strings are trimmed, and empty when absent. */
export interface ServerDescription {
  readonly serverId: string;
  readonly serverName: string;
  /** In lower case. */
  readonly publisher: string;
  /** In lower case. */
  readonly source: string;
}

const SERVER = knownFields("server_id", "server_name", "publisher", "source", "endpoint");

/**
 * Read the description of a server.
 *
 * @throws {GaitError} `invalid_input` for a member of a wrong type
 */
export function readServer(server: JsonObject, at: string): ServerDescription {
  SERVER.refuseLookalikes(server, at);
  text(server, "endpoint", at);
  return {
    serverId: trim(text(server, "server_id", at)),
    serverName: trim(text(server, "server_name", at)),
    publisher: trimLower(text(server, "publisher", at)),
    source: trimLower(text(server, "source", at)),
  };
}

/**
 * The key of a server in a snapshot: its id, or its name if it has no id; empty if it has neither.
 *
 * INVARIANT: an id and a name never give the same key, so a server whose name is the id of a trusted server does not
 * pass for it.
 */
export function serverKey(
  { serverId, serverName }: Pick<ServerDescription, "serverId" | "serverName">,
): string {
  if (serverId !== "") return `id:${trimLower(serverId)}`;
  return serverName === "" ? "" : `name:${trimLower(serverName)}`;
}
