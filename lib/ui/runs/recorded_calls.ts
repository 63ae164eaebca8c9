import { GaitError } from "../../errors/mod.ts";
import type { SimulationFixture } from "../../evaluate/fixtures/compare.ts";
import { intentDigest } from "../../intent/digest.ts";
import { parseIntent } from "../../intent/parse.ts";
import type { Runpack } from "../../runpack/read.ts";
import type { KnownRuns } from "./known_runs.ts";

/** Most calls that are taken from runs. */
const MAX_CALLS = 2_000;

/** Who called, as far as the run says. */
const UNKNOWN = "unknown";

/**
 * The calls of recorded runs as intents, to evaluate policies on. A run records tool and arguments, but neither targets nor
 * the risk class: the class is taken to be high, as for a call that nobody rated, and there are no targets.
 *
 * @param known whether an intent file has the call: tool and digest of the arguments
 */
export async function recordedCalls(
  runs: KnownRuns,
  known: (tool: string, argsDigest: string) => boolean,
): Promise<SimulationFixture[]> {
  const found: SimulationFixture[] = [];
  const seen = new Set<string>();
  for (const { path, runId, error } of await runs.all()) {
    if (error !== undefined) continue;
    const pack = await runs.read(path);
    for (const [i, { tool_name: tool, args_digest: digest, args }] of pack.intents.entries()) {
      if (found.length === MAX_CALLS) return found;
      const call = `${tool}\n${digest}`;
      if (seen.has(call) || known(tool, digest)) continue;
      seen.add(call);
      try {
        const intent = await parseIntent(
          {
            schema_id: "gait.gate.intent_request",
            schema_version: "1.0.0",
            created_at: pack.run.created_at,
            producer_version: pack.run.producer_version,
            tool_name: tool,
            args: args ?? {},
            targets: [],
            context: { identity: requesterIn(pack), workspace: UNKNOWN, risk_class: "high" },
          },
          "recorded call",
          { numbers: "warn" },
        );
        found.push({ path: `${runId}, call ${i + 1}`, intent, digest: await intentDigest(intent) });
      } catch (error) {
        if (!(error instanceof GaitError)) throw error; // a call that is no intent, such as one without a tool
      }
    }
  }
  return found;
}

function requesterIn({ run }: Runpack): string {
  for (const { relationship } of run.timeline ?? []) {
    const found = relationship?.agent_chain.find(({ role }) => role === "requester")?.identity;
    if (found) return found;
  }
  return UNKNOWN;
}
