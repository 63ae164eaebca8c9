import { equalHex } from "../../signing/mod.ts";
import type { Script } from "../../intent/types.ts";
import { lset } from "../../formats/text.ts";
import { isExpired, type ScriptEntry } from "./entry.ts";
import type { Rfc3339 } from "../../formats/time.ts";

/** The first entry that approves this script under this policy, in the order of the file (docs/spec/gate.md 3.5). */
export function findApproval(
  entries: readonly ScriptEntry[],
  script: Script,
  policyDigest: string,
  now: Rfc3339,
): ScriptEntry | undefined {
  const tools = lset(script.steps.map((step) => step.toolName));
  return entries.find((entry) =>
    equalHex(entry.policyDigest, policyDigest) && equalHex(entry.scriptHash, script.hash) &&
    entry.toolSequence.length === tools.length && entry.toolSequence.every((tool, i) => tool === tools[i]) &&
    !isExpired(entry, now)
  );
}
