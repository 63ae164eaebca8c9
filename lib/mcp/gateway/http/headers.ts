import type { ServerRequest } from "../../../effects/types.ts";
import { headersOf } from "../../../serve/guard.ts";
import type { RequestMessage } from "../codec/message.ts";
import { decodeHeader, PARAM_PREFIX } from "../protocol/param_headers.ts";

/** The members of `params` that the header `Mcp-Name` repeats, by method. */
const NAMES: Readonly<Record<string, string>> = {
  "tools/call": "name",
  "prompts/get": "name",
  "resources/read": "uri",
  "tasks/get": "taskId",
  "tasks/update": "taskId",
  "tasks/cancel": "taskId",
};

/** The only value of a header; nothing when it is absent, and `null` when it is there more than once. */
export function headerOf(request: ServerRequest, name: string): string | null | undefined {
  const [value, ...more] = headersOf(request, name);
  return more.length > 0 ? null : value?.trim();
}

/**
 * What is wrong with the headers of a request, which intermediaries decide by (docs/spec/mcp.md 10.3): they must repeat
 * what the body says (docs/threat_model.md 37).
 *
 * @param versions which revisions the version header may name
 * @param required whether the stateless revision demands the headers
 */
export function headerFault(
  request: ServerRequest,
  message: Pick<RequestMessage, "method" | "params">,
  { versions, required }: { readonly versions: (name: string) => boolean; readonly required: boolean },
): string | undefined {
  const given = {
    version: headerOf(request, "mcp-protocol-version"),
    method: headerOf(request, "mcp-method"),
    name: headerOf(request, "mcp-name"),
  };
  const params = request.headers.flatMap(([name]) => name.startsWith(PARAM_PREFIX) ? [name] : []);
  if (
    given.version === null || given.method === null || given.name === null ||
    new Set(params).size < params.length
  ) {
    return "a header is there twice";
  }
  if (given.version === undefined ? required : !versions(given.version)) {
    return "MCP-Protocol-Version is no revision that the body can have";
  }
  if (given.method === undefined ? required : given.method !== message.method) {
    return "Mcp-Method is not the method of the body";
  }
  const member = Object.hasOwn(NAMES, message.method) ? NAMES[message.method] : undefined;
  const named = member === undefined ? undefined : message.params[member];
  if (typeof named !== "string") return undefined;
  if (given.name === undefined ? required : decodeHeader(given.name) !== named) {
    return "Mcp-Name is not the name in the body";
  }
  return undefined;
}

/** The headers of a request that repeat arguments. */
export function paramHeaders({ headers }: ServerRequest): ReadonlyMap<string, string> {
  return new Map(headers.filter(([name]) => name.startsWith(PARAM_PREFIX)));
}

/** Whether a client takes a stream of events as the answer. */
export function acceptsEvents(request: ServerRequest): boolean {
  return headersOf(request, "accept").some((value) => /text\/event-stream|\*\/\*/i.test(value));
}
