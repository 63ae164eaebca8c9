import { bulkHasher } from "../../../signing/bulk_digest.ts";
import type { ResponseMessage } from "../codec/message.ts";
import type { RelayState } from "./state.ts";
import type { Pending } from "./types.ts";

/** The methods whose results have instructions for the model. */
const GREETINGS: ReadonlySet<string> = new Set(["initialize", "server/discover"]);

/** The methods whose results a tool gave. */
const TOOL_OUTPUTS: ReadonlySet<string> = new Set(["tools/call", "tasks/result"]);

/** The methods whose results an agent reads. */
const REMEMBERED: ReadonlySet<string> = new Set([
  "tools/call",
  "resources/read",
  "resources/list",
  "resources/templates/list",
  "prompts/get",
  "prompts/list",
  "completion/complete",
  "tasks/result",
  "tasks/get",
]);

/**
 * Log how a call ended, and remember what came back, by which an argument can be recognised later.
 *
 * @param options.isShown whether the client gets it
 */
export function noteReturned(
  state: RelayState,
  message: ResponseMessage,
  { entry, method, subject, identity }: Pending,
  { isShown }: { readonly isShown: boolean },
): void {
  const { result, error } = message;
  const memory = isShown ? state.memoryOf(identity) : undefined;
  if (!entry && !memory) return;
  // Not awaited: it must be known in the same turn.
  const digest = bulkHasher(JSON.stringify(result ?? error ?? null));
  if (entry) {
    const failed = error !== undefined || result?.["isError"] === true;
    state.context.log.ended(entry, { status: failed ? "error" : "ok", outputDigest: digest });
  }
  if (!memory) return;
  const instructions = result?.["instructions"];
  if (GREETINGS.has(method) && typeof instructions === "string") {
    memory.remember({ kind: "external", ref: `${method}:instructions` }, instructions);
  }
  if (!REMEMBERED.has(method)) return;
  // Named by what came back, not by a request id: an approval must fit the same call later.
  const from = subject === undefined ? method : `${method}:${subject.name}`;
  const ref = `${from.slice(0, 200)}:${digest.slice(0, 12)}`;
  const kind = TOOL_OUTPUTS.has(method) ? "tool_output" : "external";
  memory.remember({ kind, ref }, result ?? error ?? {});
}
