import { messageOf } from "../../../errors/mod.ts";
import { isJsonObject, type JsonObject } from "../../../formats/json/mod.ts";
import type { RequestMessage } from "../codec/message.ts";
import { scanMessage } from "../codec/scan.ts";
import { type Stop, stopOf, undecided } from "../decision/block.ts";
import { DECIDED, subjectOf } from "../decision/subject.ts";
import type { RelayState } from "./state.ts";
import type { Pending } from "./types.ts";

/** What a server may ask for inside of a result. */
const INPUT_METHODS: ReadonlySet<string> = new Set([
  "sampling/createMessage",
  "elicitation/create",
  "roots/list",
]);

/** The most that a result may ask for: each is decided, and has a trace. */
const MAX_INPUT_REQUESTS = 64;

/** What the server asks of the client inside of a result; the first that may not be asked stops all. */
export async function decideInputs(
  state: RelayState,
  result: JsonObject,
  { identity }: Pending,
): Promise<Stop | undefined> {
  const requests = result["inputRequests"];
  if (requests === undefined) return undefined;
  if (!isJsonObject(requests)) return undecided("mcp_input_requests_unreadable");
  const all = Object.values(requests);
  if (all.length > MAX_INPUT_REQUESTS) return undecided("mcp_input_requests_unreadable");
  for (const request of all) {
    if (!isJsonObject(request) || typeof request["method"] !== "string") {
      return undecided("mcp_input_requests_unreadable");
    }
    const { method, params = {} } = request;
    if (!INPUT_METHODS.has(method) || !isJsonObject(params)) {
      return undecided("mcp_input_requests_unreadable");
    }
    const stop = await decideAsked(state, method, params, identity);
    if (stop) return stop;
  }
  return undefined;
}

/** Decide what the server asks of the client; nobody waits for approvals of that. */
export async function decideAsked(
  state: RelayState,
  method: string,
  params: JsonObject,
  identity: string | undefined,
  written?: RequestMessage,
): Promise<Stop | undefined> {
  const { decider, log, session, options } = state.context;
  const subject = Object.hasOwn(DECIDED, method) ? subjectOf(method, params) : undefined;
  if (!subject) return undefined;
  if ("badParams" in subject) return undecided("mcp_input_requests_unreadable");
  if (!options.decides.has(subject.kind)) return undefined;
  try {
    const taint = state.memoryOf(identity)?.match(subject.args) ?? [];
    const message = written ?? { text: "", scan: scanMessage("") };
    const answer = await decider.decide({
      message,
      subject,
      listed: undefined,
      taint,
      approvals: [],
      session,
      identity,
      confirmation: undefined,
    });
    await log.decided(subject, answer);
    return answer.decision.outcome.verdict === "allow" ? undefined : stopOf(answer, options.approvalsFolder);
  } catch (error) {
    state.context.notify(`a request of the server was not decided: ${messageOf(error)}`);
    return undecided("gateway_failed");
  }
}
