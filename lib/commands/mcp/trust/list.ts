import { readAllPins } from "../../../mcp/pins/pin_file.ts";
import { defineCommand } from "../../define.ts";
import { success } from "../../outcome.ts";
import { columns, dim, line, nextLines, warn } from "../../text.ts";
import { pinFlags } from "./flags.ts";

/** `gait mcp trust list` (docs/spec/mcp_protection.md 2.3). */
export default defineCommand({
  explain: "Lists the MCP servers whose tools are pinned, and how many changes wait for acceptance.",
  flags: pinFlags,
  needs: { read: true },
  examples: ["gait mcp trust list --json"],
  async run({ flags, effects }) {
    const all = await readAllPins(effects.files, flags["pins-dir"]);
    const servers = all.map(({ server_id, name, origin, pins, pending }) => ({
      server_id,
      name,
      origin,
      pinned: pins.length,
      pending: pending.length,
    }));
    if (servers.length === 0) {
      return success({ servers: [] }, [
        line(dim("no server was listed yet")),
        ...nextLines([`gait mcp trust list --pins-dir <folder>, if not ${flags["pins-dir"]} of this folder`]),
      ]);
    }
    const waiting = servers.find(({ pending }) => pending > 0);
    return success({ servers }, [
      ...columns(servers.map(({ server_id, name, origin, pinned, pending }) => [
        `${name}  ${server_id.slice(0, 12)}  ${pinned} pinned`,
        pending > 0 ? warn(`${pending} waiting  ${origin}`) : dim(origin),
      ])),
      ...(waiting ? nextLines([`gait mcp trust diff ${waiting.server_id.slice(0, 12)}`]) : []),
    ]);
  },
});
