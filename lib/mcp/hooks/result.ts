import type { JsonObject } from "../../formats/json/mod.ts";
import { type Digest, digestOf } from "../../signing/mod.ts";
import type { HookClient } from "./clients.ts";
import type { HookEvent } from "./event.ts";

/** Name of the file of results in the folder of traces. */
export const RESULTS = "hook_results.jsonl";

/**
 * The line about what a call returned (docs/spec/sdk.md 3). Results stay out of it: its digest proves them, and its
 * intent digest is that of the trace of the decision.
 */
export async function resultLine(
  { call, sessionId, toolUseId, result, failed }: HookEvent,
  { client, intentDigest, createdAt }: {
    readonly client: HookClient;
    readonly intentDigest: Digest;
    readonly createdAt: string;
  },
): Promise<string> {
  const line: JsonObject = {
    schema_id: "gait.hook.result",
    schema_version: "1.0.0",
    created_at: createdAt,
    client,
    session_id: sessionId,
    tool_use_id: toolUseId,
    tool_name: call.name,
    intent_digest: intentDigest,
    status: failed ? "error" : "ok",
    result_digest: await digestOf(result ?? null),
  };
  return JSON.stringify(line);
}
