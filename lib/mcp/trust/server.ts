import type { JsonObject } from "../../formats/json/mod.ts";
import { trim, trimLower } from "../../formats/text.ts";
import { text } from "../../intent/fields.ts";
import { knownFields } from "../fields.ts";

/** What somebody says of an MCP server; texts are trimmed, empty when absent. */
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
 * What a server is looked up by: its id, or its name when it has none; empty when it has neither.
 *
 * INVARIANT: ids and names never share a key: a server that names itself by the id of a trusted one is not that one.
 */
export function serverKey(
  { serverId, serverName }: Pick<ServerDescription, "serverId" | "serverName">,
): string {
  if (serverId !== "") return `id:${trimLower(serverId)}`;
  return serverName === "" ? "" : `name:${trimLower(serverName)}`;
}
