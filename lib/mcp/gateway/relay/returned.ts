import { isJsonObject, type JsonObject, type JsonValue, without } from "../../../formats/json/mod.ts";
import { bulkHasher } from "../../../signing/bulk_digest.ts";
import type { ResponseMessage } from "../codec/message.ts";
import { SUBSCRIPTION_ID_KEY } from "../codec/scan.ts";
import type { TaintSource } from "../../taint/sources.ts";
import type { RelayState } from "./state.ts";
import type { Pending } from "./types.ts";

/** What hints for caches say, and what kind of result it is. */
const HINTS = ["resultType", "ttlMs", "cacheScope"] as const;

/** What a greeting says of the server. Its instructions are for the model. */
const GREETING = [...HINTS, "protocolVersion", "supportedVersions", "capabilities", "serverInfo"] as const;

/**
 * The members of results that are about the server, by method: tools have pins, and a greeting says who it is. Everything
 * else is remembered, also what a server puts beside them, and results of methods that this program does not know
 * (`--pass-method`).
 */
const ABOUT_SERVER: Readonly<Record<string, readonly string[]>> = {
  "initialize": GREETING,
  "server/discover": GREETING,
  "tools/list": HINTS,
};

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
  const said = result ? saidIn(method, result) : { rest: error ?? {} };
  if (said.instructions !== undefined && said.instructions !== null) {
    memory.remember({ kind: "external", ref: `${method}:instructions` }, said.instructions);
  }
  if (said.asked !== undefined) {
    memory.remember({ kind: "external", ref: `${method}:input_requests` }, said.asked);
  }
  if (Object.hasOwn(ABOUT_SERVER, method) && Object.keys(said.rest).length === 0) return;
  // Named by what came back, not by a request id: an approval must fit the same call later.
  const from = subject === undefined ? method : `${method}:${subject.name}`;
  const ref = `${from.slice(0, 200)}:${digest.slice(0, 12)}`;
  const kind = FROM_ELSEWHERE.has(method) ? "external" : "tool_output";
  memory.remember({ kind, ref }, said.rest);
}

/** What a result says, without what is about the server. */
interface Said {
  /** What a greeting tells the model. */
  readonly instructions?: JsonValue | undefined;
  /** What the server asks of the client in it, in the result of whatever method. */
  readonly asked?: JsonValue | undefined;
  readonly rest: JsonObject;
}

function saidIn(method: string, result: JsonObject): Said {
  const { inputRequests: asked, ...others } = result;
  const about = Object.hasOwn(ABOUT_SERVER, method) ? ABOUT_SERVER[method] : undefined;
  if (!about) return { asked, rest: others };
  const rest = without(
    others,
    ...about,
    ...method === "tools/list" && Array.isArray(result["tools"]) ? ["tools"] : [],
  );
  if (method === "tools/list") return { asked, rest };
  return { asked, instructions: result["instructions"], rest: without(rest, "instructions") };
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
  // Tokens are the client's own words.
  const { _meta, ...others } = said;
  const texts = method === "notifications/progress" ? without(others, "progressToken") : others;
  const meta = isJsonObject(_meta) ? without(_meta, "progressToken", SUBSCRIPTION_ID_KEY) : {};
  const words = Object.keys(meta).length > 0 ? { ...texts, _meta: meta } : texts;
  if (Object.keys(words).length === 0) return;
  state.memoryOf(identity)?.remember({ kind, ref: `server:${method}`.slice(0, 200) }, words);
}

/** Remember what the client answers to what a result asked for. */
export function noteInputs(
  state: RelayState,
  responses: JsonValue | undefined,
  identity: string | undefined,
): void {
  if (responses === undefined) return;
  state.memoryOf(identity)?.remember({ kind: "external", ref: "client:input_responses" }, responses);
}
