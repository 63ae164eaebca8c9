import type { Files } from "../effects/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { compact, type JsonObject } from "../formats/json/mod.ts";
import { lset, trimLower } from "../formats/text.ts";
import { parsePolicy } from "../policy/parse.ts";
import type { Policy } from "../policy/types.ts";
import type { Item } from "./inventory.ts";

/** The policies that an inventory is compared with. */
export interface LoadedPolicies {
  readonly policies: readonly Policy[];
  /** Sorted, one per path. */
  readonly digests: readonly string[];
}

/**
 * Load policies; duplicate paths are read once.
 *
 * @throws {GaitError} `invalid_input` if a file is not a policy
 */
export async function loadPolicies(files: Files, paths: readonly string[]): Promise<LoadedPolicies> {
  const policies: Policy[] = [];
  const digests: string[] = [];
  for (const path of [...new Set(paths)].sort(compareBytewise)) {
    const { policy, digest } = await parsePolicy(await files.read(path), path);
    policies.push(policy);
    digests.push(digest);
  }
  return { policies, digests: digests.sort(compareBytewise) };
}

/** The tool names in rules with one of these effects, regardless of the other conditions of the rules. */
function namesIn(policies: readonly Policy[], effect?: string): string[] {
  return lset(
    policies.flatMap(({ rules }) =>
      rules.filter((rule) => effect === undefined || rule.effect === effect)
        .flatMap((rule) => rule.match.toolNames)
    ),
  );
}

/** To what extent policies name the tools of an inventory (docs/spec/scout.md section 1). */
export function policyCoverage(
  snapshot: string,
  items: readonly Item[],
  { policies, digests }: LoadedPolicies,
): JsonObject {
  const discovered = lset(items.map(({ name }) => name));
  const named = namesIn(policies);
  const known = new Set(named);
  const gated = discovered.filter((name) => known.has(name));
  const exposed = items
    .filter(({ risk, name }) => (risk === "high" || risk === "critical") && !known.has(trimLower(name)))
    .map(({ id }) => id);
  return {
    snapshot_id: snapshot,
    discovered_tools: discovered.length,
    gated_tools: gated.length,
    high_risk_ungated_tools: exposed.length,
    coverage_percent: percent(gated.length, discovered.length),
    policy_digests: [...digests],
    ...compact({
      discovered_tool_names: discovered,
      gated_tool_names: named,
      high_risk_ungated_tool_ids: exposed.sort(compareBytewise),
      gated_tools_by_effect: byEffect(policies, new Set(discovered)),
    }),
  };
}

/** A tool named in an allow rule counts as gated too, so the effects are distinguished. */
function byEffect(policies: readonly Policy[], discovered: ReadonlySet<string>): JsonObject {
  const effects = [...new Set(policies.flatMap(({ rules }) => rules.map(({ effect }) => effect)))];
  return Object.fromEntries(
    effects.sort(compareBytewise)
      .map((effect) => [effect, namesIn(policies, effect).filter((name) => discovered.has(name)).length]),
  );
}

/** In percent, rounded half up to two decimals; an empty inventory is fully covered. */
function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.floor((part * 20_000 + whole) / (2 * whole)) / 100;
}
