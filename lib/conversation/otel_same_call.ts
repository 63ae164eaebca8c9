import { canonicalize } from "../formats/json/mod.ts";
import { isSameTool, type Layer, textOf, type ToolSpan } from "./otel_tool_span.ts";
import type { Span } from "./otel_traces.ts";
import { readArguments } from "./payload.ts";

/** A span of a tool call. */
export type CallSpan = Span & { readonly call: ToolSpan };

/** The calls of a trace. */
export interface CallGroups {
  /** Each call with all its spans, the outermost first; in order of start. */
  readonly calls: readonly (readonly CallSpan[])[];
  /** Spans that only group calls, which have their own spans inside. */
  readonly summaries: readonly CallSpan[];
  /** Whether a span is inside of a call. */
  readonly isInside: (span: Span) => boolean;
}

/**
 * Group the spans that describe the same call.
 *
 * A call of an MCP tool is traced by the framework of the agent, by the client and by the server. Such spans are
 * nested or share an id, and name the same tool. If an agent or model span lies between them, the inner one is a
 * separate call; so is one with another id or other arguments, and a retry of the client.
 */
export function groupCalls(spans: readonly Span[]): CallGroups {
  const around = callsAround(spans);
  const groups = new Map<Span, Group>();
  const byKey = new Map<string, Group>();

  function place(span: CallSpan): void {
    const outer = around.get(span);
    const outerGroup = outer && groups.get(outer);
    const seen = viewOf(span);
    const keys = keysOf(span);
    const group = outer && outerGroup && belongsTo(seen, outer, outerGroup)
      ? outerGroup
      : keys.map((key) => byKey.get(key)).find((found) => found && isOtherSide(seen, found)) ?? newGroup();
    join(seen, group);
    groups.set(span, group);
    for (const key of keys) byKey.set(key, group);
    if (outerGroup && outerGroup !== group) outerGroup.holdsOthers = true;
  }

  for (const span of spans) {
    // A span may start at the same time as its parent, so parents are sorted first.
    const waiting = new Set<CallSpan>();
    let at = isCallSpan(span) ? span : undefined;
    for (; at && !groups.has(at) && !waiting.has(at); at = around.get(at)) waiting.add(at);
    [...waiting].reverse().forEach(place);
  }
  const order = new Map(spans.map((span, i) => [span, i]));
  const all = [...new Set(groups.values())]
    .sort((a, b) => order.get(a.spans[0]!)! - order.get(b.spans[0]!)!);
  const gathersOnly = (group: Group) => group.holdsOthers && group.spans.every(isUninformative);
  return {
    calls: all.filter((group) => !gathersOnly(group)).map((group) => group.spans),
    summaries: all.filter(gathersOnly).flatMap((group) => group.spans),
    isInside: (span) => around.get(span) !== undefined,
  };
}

/** The spans of one call so far, with their combined attributes. */
interface Group {
  readonly spans: CallSpan[];
  readonly layers: Set<Layer>;
  /** `undefined` while none of them has said it. */
  id: string | undefined;
  args: string | undefined;
  /** A span of another call lies directly inside. */
  holdsOthers: boolean;
}

/** A span with the attributes that identify its call. */
interface CallView {
  readonly span: CallSpan;
  readonly id: string | undefined;
  readonly args: string | undefined;
}

function newGroup(): Group {
  return { spans: [], layers: new Set(), id: undefined, args: undefined, holdsOthers: false };
}

function viewOf(span: CallSpan): CallView {
  const { args, rawArguments } = readArguments(span.attributes["gen_ai.tool.call.arguments"]);
  return { span, id: callId(span), args: rawArguments ? undefined : canonicalize(args) };
}

function join({ span, id, args }: CallView, group: Group): void {
  group.spans.push(span);
  group.layers.add(span.call.layer);
  group.id ??= id;
  group.args ??= args;
}

function isCallSpan(span: Span): span is CallSpan {
  return span.call !== undefined;
}

/** For each span the nearest enclosing call without an agent span in between. */
function callsAround(spans: readonly Span[]): ReadonlyMap<Span, CallSpan | undefined> {
  const byId = new Map(spans.flatMap((span) => span.id === undefined ? [] : [[span.id, span] as const]));
  const around = new Map<Span, CallSpan | undefined>();
  for (const span of spans) {
    const path: Span[] = [];
    const seen = new Set<Span>(); // parent ids come from the input and may be circular
    let found: CallSpan | undefined;
    for (let at: Span | undefined = span; at && !seen.has(at);) {
      seen.add(at);
      path.push(at);
      const parent: Span | undefined = at.parent === undefined ? undefined : byId.get(at.parent);
      if (!parent || parent.isAgent || seen.has(parent)) break;
      if (isCallSpan(parent)) found = parent;
      else if (around.has(parent)) found = around.get(parent);
      else {
        at = parent;
        continue;
      }
      break;
    }
    for (const at of path) around.set(at, found);
  }
  return around;
}

function belongsTo(seen: CallView, outer: CallSpan, group: Group): boolean {
  return isOtherSide(seen, group) || group.spans.at(-1) === outer && fits(seen, group);
}

/** Whether a span describes the call of a group from a layer that the group lacks. */
function isOtherSide(seen: CallView, group: Group): boolean {
  return !group.layers.has(seen.span.call.layer) && fits(seen, group);
}

/** Whether a span is consistent with a group: same tool or none, no different id or arguments. */
function fits({ span, id, args }: CallView, group: Group): boolean {
  if (id !== undefined && group.id !== undefined && id !== group.id) return false;
  if (args !== undefined && group.args !== undefined && args !== group.args) return false;
  const { tool } = span.call;
  return tool === undefined ||
    [group.spans[0]!, group.spans.at(-1)!].some(({ call }) =>
      call.tool === undefined || isSameTool(call.tool, tool) || isSameTool(tool, call.tool)
    );
}

const callId = ({ attributes }: CallSpan) => textOf(attributes["gen_ai.tool.call.id"]);

/** Keys shared by spans of one call that are not nested. */
function keysOf(span: CallSpan): string[] {
  const request = span.attributes["jsonrpc.request.id"] ?? null;
  const id = callId(span);
  const session = textOf(span.attributes["mcp.session.id"]);
  return [
    ...(id === undefined ? [] : [canonicalize(["call", id])]),
    ...(session === undefined || request === null
      ? []
      : [canonicalize(["request", session, String(request)])]),
  ];
}

/** Whether the tool of a span is only guessed from its name and it has no attributes of a call. */
function isUninformative({ call, attributes }: CallSpan): boolean {
  return call.guessed &&
    ["id", "arguments", "result"].every((name) => (attributes[`gen_ai.tool.call.${name}`] ?? null) === null);
}
