import { canonicalize } from "../formats/json/mod.ts";
import { isSameTool, type Layer, textOf, type ToolSpan } from "./otel_tool_span.ts";
import type { Span } from "./otel_traces.ts";
import { readArguments } from "./payload.ts";

/** A span that tells of a call. */
export type CallSpan = Span & { readonly call: ToolSpan };

/** The calls of a trace. */
export interface CallGroups {
  /** Each with every span that tells of it, the outermost first; in the order in which they began. */
  readonly calls: readonly (readonly CallSpan[])[];
  /** Spans that only gather calls: the calls lie inside them and are there themselves. */
  readonly summaries: readonly CallSpan[];
  /** The spans that lie inside a call. */
  readonly isInside: (span: Span) => boolean;
}

/**
 * Tell which spans are of one call.
 *
 * A call of an MCP tool is traced by the framework of the agent, by the client and by the server. Such spans lie
 * inside each other, or share an id, and tell of the same tool. Where an agent or a model works between them, the
 * inner one is a call of its own; so is one with another id or other arguments, and a second try of the client.
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
    // A span may begin in the same moment as the one around it, so the outer ones are placed first.
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

/** The spans of one call so far, and what they say of it. */
interface Group {
  readonly spans: CallSpan[];
  readonly layers: Set<Layer>;
  /** `undefined` while none of them has said it. */
  id: string | undefined;
  args: string | undefined;
  /** A span of another call lies directly inside. */
  holdsOthers: boolean;
}

/** What one span says of its call. */
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

/** For each span the nearest one around it that is a call, with nothing of an agent between them. */
function callsAround(spans: readonly Span[]): ReadonlyMap<Span, CallSpan | undefined> {
  const byId = new Map(spans.flatMap((span) => span.id === undefined ? [] : [[span.id, span] as const]));
  const around = new Map<Span, CallSpan | undefined>();
  for (const span of spans) {
    const path: Span[] = [];
    const seen = new Set<Span>(); // parents come from the input and may run in a circle
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

/** Whether a span tells of the call of a group, from a side that none of its spans has seen it from. */
function isOtherSide(seen: CallView, group: Group): boolean {
  return !group.layers.has(seen.span.call.layer) && fits(seen, group);
}

/** Whether a span names the tool of a group, or none, and says nothing else of the call than the group does. */
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

/** What two spans of one call share even where neither lies inside the other. */
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

/** A span whose tool is only guessed from its name, and that tells nothing of a call. */
function isUninformative({ call, attributes }: CallSpan): boolean {
  return call.guessed &&
    ["id", "arguments", "result"].every((name) => (attributes[`gen_ai.tool.call.${name}`] ?? null) === null);
}
