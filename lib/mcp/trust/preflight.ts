import type { Files } from "../../effects/types.ts";
import { badField } from "../../intent/fields.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { set, trimLower } from "../../formats/text.ts";
import type { McpTrust } from "../../policy/types.ts";
import { decideTrust, type TrustDecision } from "./decision.ts";
import { readServer, type ServerDescription, serverKey } from "./server.ts";
import { readSnapshot } from "./snapshot.ts";

/** The standard risk classes, the most severe first. */
const SEVERITY = ["critical", "high", "medium", "low"];

/**
 * Read the description of a server from a file.
 *
 * @throws {GaitError} `invalid_input`, also when it has neither an id nor a name
 */
export function readServerFile(content: Uint8Array, what: string): ServerDescription {
  const server = readServer(readJsonObject(content, { what, duplicates: "refuse" }), `${what}: `);
  if (serverKey(server) === "") {
    throw badField(`${what}: `, "server_id", "server_id or server_name is required");
  }
  return server;
}

/**
 * Decide about trust in a server before any call is made (docs/spec/mcp.md 5.4).
 *
 * @param riskClass risk class of the calls; by default the most severe one that requires trust
 * @throws {GaitError} `invalid_input` for a class that is neither a standard one nor named by the policy
 */
export async function preflight(
  policy: McpTrust,
  server: ServerDescription,
  riskClass: string | undefined,
  { files, now }: { readonly files: Pick<Files, "read">; readonly now: () => number },
): Promise<TrustDecision> {
  const asked = trimLower(riskClass ?? "") || mostSevere(policy.requiredRiskClasses);
  // A typing error would be a class that needs no trust.
  if (!SEVERITY.includes(asked) && !policy.requiredRiskClasses.includes(asked)) {
    const known = set([...SEVERITY, ...policy.requiredRiskClasses]);
    throw invalidInput(`Cannot use risk class "${asked}": neither everybody nor the policy knows it`, {
      hint: `Use one of: ${known.join(", ")}`,
    });
  }
  const snapshot = await readSnapshot(policy.snapshot, files);
  return decideTrust(policy, snapshot, { server, riskClass: asked, now: now() });
}

function mostSevere(classes: readonly string[]): string {
  return SEVERITY.find((known) => classes.includes(known)) ?? classes[0] ?? "high";
}
