import type { JsonObject } from "../../../formats/json/mod.ts";
import { bulkHasher } from "../../../signing/bulk_digest.ts";
import type { ResponseMessage } from "../codec/message.ts";
import type { TaintSource } from "../../taint/sources.ts";
import type { RelayState } from "./state.ts";
import type { Pending } from "./types.ts";

/** The methods whose results have instructions for the model. */
const GREETINGS: ReadonlySet<string> = new Set(["initialize", "server/discover"]);

/** The methods whose results are data from elsewhere. What else a server answers is its own output, as a tool's is. */
const FROM_ELSEWHERE: ReadonlySet<string> = new Set([
  "resources/read",
  "resources/list",
  "resources/templates/list",
  "prompts/get",
  "prompts/list",
  "completion/complete",
  "tasks/get",
  "tasks/list",
]);

/**
 * The methods whose results are about the server: tools have pins, and of a greeting the instructions count. Results of all
 * others are remembered, also of methods that this program does not know (`--pass-method`).
 */
const ABOUT_SERVER: ReadonlySet<string> = new Set([...GREETINGS, "tools/list"]);

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
  if (result && ABOUT_SERVER.has(method)) return;
  // Named by what came back, not by a request id: an approval must fit the same call later.
  const from = subject === undefined ? method : `${method}:${subject.name}`;
  const ref = `${from.slice(0, 200)}:${digest.slice(0, 12)}`;
  const kind = FROM_ELSEWHERE.has(method) ? "external" : "tool_output";
  memory.remember({ kind, ref }, result ?? error ?? {});
}

/** What a server says without being asked. */
export interface Unasked {
  readonly kind: TaintSource["kind"];
  readonly method: string;
  readonly said: JsonObject;
}

/** Remember what the server says of its own accord, in the turn in which the client gets it. */
export function noteUnasked(
  state: RelayState,
  { kind, method, said }: Unasked,
  identity: string | undefined,
): void {
  // Ids and tokens are the client's own words, or none.
  const { _meta, progressToken: _token, requestId: _request, ...texts } = said;
  if (Object.keys(texts).length === 0) return;
  state.memoryOf(identity)?.remember({ kind, ref: `server:${method}`.slice(0, 200) }, texts);
}
