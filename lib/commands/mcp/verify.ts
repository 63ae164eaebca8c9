import { EXIT } from "../../errors/mod.ts";
import { parsePolicy } from "../../policy/parse.ts";
import { encodeTrust } from "../../mcp/trust/decision.ts";
import { preflight, readServerFile } from "../../mcp/trust/preflight.ts";
import { defineCommand, path, required, text } from "../define.ts";
import { compact, negative, success } from "../outcome.ts";
import { withMigration } from "../policy/migration.ts";
import { bad, columns, good, line } from "../text.ts";

/** `gait mcp verify` (docs/spec/mcp.md 5.4). */
export default defineCommand({
  explain: "Checks whether a policy trusts an MCP server, before any call; reads files only, writes none.",
  flags: {
    policy: required(path("file", "the policy")),
    server: required(path("file", "JSON description of the server, with server_id or server_name")),
    "risk-class": text("class", "risk class of the calls (default: the most severe one that requires trust)"),
  },
  needs: { read: true },
  examples: ["gait mcp verify --policy policy.yaml --server server.json"],
  run: ({ flags, effects }) =>
    withMigration(async () => {
      const { files } = effects;
      const { policy: { mcpTrust } } = await parsePolicy(await files.read(flags.policy), flags.policy);
      const server = readServerFile(await files.read(flags.server), `server "${flags.server}"`);
      const named = { server_id: server.serverId, server_name: server.serverName };
      if (!mcpTrust) {
        const said = compact({ ...named, publisher: server.publisher, source: server.source });
        return success({ ...said, verdict: "allow" }, [
          line(good("mcp verify ok"), ": the policy has no mcp_trust, so it demands no trust"),
        ]);
      }
      const decision = await preflight(mcpTrust, server, flags["risk-class"], effects);
      const verdict = decision.enforced ? mcpTrust.action : "allow";
      const json = {
        ...compact({ server_id: decision.serverId, server_name: decision.serverName }),
        trust_model: "local_snapshot",
        snapshot_path: mcpTrust.snapshot,
        verdict,
        reason_codes: [...decision.reasonCodes],
        ...(decision.enforced ? { violations: ["mcp_trust_policy"] } : {}),
        mcp_trust: encodeTrust(decision),
      };
      const rows = columns([
        ["server", decision.serverId || decision.serverName],
        ["status", decision.status],
        ["reasons", decision.reasonCodes.join(", ")],
        ["snapshot", mcpTrust.snapshot],
      ]);
      if (!decision.enforced) return success(json, [line(good("mcp verify ok"), `: ${verdict}`), ...rows]);
      const exit = verdict === "block" ? EXIT.policyBlocked : EXIT.approvalRequired;
      return negative(exit, json, [line(bad("mcp verify failed"), `: ${verdict}`), ...rows]);
    }),
});
