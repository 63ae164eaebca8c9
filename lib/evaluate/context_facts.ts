import { trimLower } from "../formats/text.ts";
import type { Intent } from "../intent/types.ts";
import type { Policy } from "../policy/types.ts";
import { CLAIMED } from "./facts.ts";
import type { Enrich } from "./script.ts";

/** What the inventory says about a tool stands in `auth_context` under this prefix, and so does what a caller claims. */
const INVENTORY_FACTS = "wrkr.";

/**
 * Where the facts for `context_*` keys come from. A policy with `context_facts: inventory_only` takes them from an
 * inventory; what a caller claims still meets rules that restrict, so nobody escapes one by the key
 * (docs/spec/gate.md 1.3). The intent and its digest keep the claims as they are.
 */
export function factsByPolicy({ contextFacts }: Policy, enrich: Enrich): Enrich {
  return contextFacts === "inventory_only" ? (intent) => enrich(withClaimsApart(intent)) : enrich;
}

function withClaimsApart(intent: Intent): Intent {
  const { authContext } = intent.context;
  if (!Object.keys(authContext).some(isFact)) return intent;
  const apart = Object.entries(authContext).map(([name, value]) =>
    [isFact(name) ? CLAIMED + trimLower(name) : name, value] as const
  );
  return { ...intent, context: { ...intent.context, authContext: Object.fromEntries(apart) } };
}

function isFact(name: string): boolean {
  return trimLower(name).startsWith(INVENTORY_FACTS);
}
