import { utf8 } from "../../../formats/bytes.ts";
import type { ResponseMessage } from "../codec/message.ts";
import type { RelayState } from "./state.ts";
import type { Pending, RelayContext } from "./types.ts";

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

/** What came back can only be recognised later if it is remembered before the client sees it. */
export function rememberReturned(
  state: RelayState,
  message: ResponseMessage,
  { method, subject, identity }: Pending,
  digest: string,
): void {
  const memory = state.memoryOf(identity);
  if (!memory) return;
  const instructions = message.result?.["instructions"];
  if (GREETINGS.has(method) && typeof instructions === "string") {
    memory.remember({ kind: "external", ref: `${method}:instructions` }, instructions);
  }
  if (!REMEMBERED.has(method)) return;
  // Named by what came back, not by a request id: an approval must fit the same call later.
  const from = subject === undefined ? method : `${method}:${subject.name}`;
  const ref = `${from.slice(0, 200)}:${digest.slice(0, 12)}`;
  const kind = TOOL_OUTPUTS.has(method) ? "tool_output" : "external";
  memory.remember({ kind, ref }, message.result ?? message.error ?? {});
}

/** The digest that stands for what a call gave. */
export async function digestOfOutput(
  { result, error }: ResponseMessage,
  { hash }: Pick<RelayContext, "hash">,
): Promise<string> {
  return await hash(utf8(JSON.stringify(result ?? error ?? null)));
}
