import { keyFromSeed, type PrivateKey } from "../../signing/mod.ts";
import { parseIntent } from "../../intent/parse.ts";
import type { Intent } from "../../intent/types.ts";
import type { Digest } from "../../signing/mod.ts";

/** 2026-01-02T03:04:05Z. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

/** An arbitrary policy digest. */
export const POLICY = "ab".repeat(32) as Digest;

/** The same key for the same number. */
export async function sampleKey(number: number): Promise<PrivateKey> {
  return await keyFromSeed(new Uint8Array(32).fill(number));
}

/** A script of these tools; without tools, a single call. */
export async function sampleScript(...tools: string[]): Promise<Intent> {
  const context = { identity: "ana", workspace: "/w", risk_class: "low" };
  const script = { steps: tools.map((tool_name) => ({ tool_name, args: {} })) };
  return await parseIntent(
    tools.length === 0 ? { tool_name: "t", context } : { tool_name: "", script, context },
  );
}
