import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts, type Message } from "../messages.ts";
import {
  countSkipped,
  type FormatReader,
  idIn,
  itemsOf,
  type Log,
  logsOf,
  objectsIn,
  readLog,
  textIn,
  wordOf,
} from "./reader.ts";
import type { Roots } from "../input.ts";

/** Trajectories of Harbor, Terminus and others in the Agent Trajectory Interchange Format. */
export const atif: FormatReader = {
  title: "ATIF trajectories (Harbor, Terminus)",
  reads: "`steps[].tool_calls` and `steps[].observation.results`",
  lost: "what was said, metrics; trajectories of subagents, which are separate files",
  example:
    '{"schema_version":"ATIF-v1.4","steps":[{"step_id":1,"source":"agent","tool_calls":[{"tool_call_id":"c1","function_name":"pay","arguments":{}}]}]}',
  detect: (values) => values.some(isAtif),
  read: (roots) => ({
    readings: logsOf(roots, (value) => isAtif(value) ? value.steps as JsonValue[] : undefined)
      .map((log) => readLog(log, readStep)),
    skipped: [],
  }),
};

function isAtif(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && Array.isArray(value.steps) && typeof value.schema_version === "string" &&
    value.schema_version.startsWith("ATIF");
}

function readStep({ value, position, time }: Message, ledger: Ledger): void {
  if (typeof value.source !== "string") return ledger.leaveOut(position, value, "no step");
  ledger.use(time);
  ledger.nextTurn();
  const { tool_calls: calls, observation } = value;
  (Array.isArray(calls) ? calls : []).forEach((call, i) => {
    const place = `${position}, call ${i + 1}`;
    if (!isJsonObject(call)) return ledger.foreign(place, "no JSON object");
    ledger.call({
      position: place,
      id: call.tool_call_id,
      tool: call.function_name,
      args: call.arguments,
      time,
    });
  });
  objectsIn(isJsonObject(observation) ? observation.results : undefined).forEach((result, i) => {
    const place = `${position}, result ${i + 1}`;
    const content = joinTexts(result.content, place, ledger);
    ledger.answer({ position: place, id: result.source_call_id, content, time });
  });
}

/** Events of OpenHands: those of its trajectories, and those of its SDK. */
export const openhands: FormatReader = {
  title: "OpenHands: trajectories, events of the SDK",
  reads: "actions of the agent and the observations that they cause; `ActionEvent` and `ObservationEvent`",
  lost: "what was said, recalled or condensed; what the user did",
  example: '[{"id":1,"source":"agent","action":"run","args":{"command":"ls"}}]',
  detect: (values) => values.some((value) => eventsIn(value)?.some(isEvent) ?? isEvent(value)),
  read: (roots: Roots) => ({ readings: logsOf(roots, eventsIn).map(readEvents), skipped: [] }),
};

function eventsIn(value: JsonValue): JsonValue[] | undefined {
  if (Array.isArray(value)) return value;
  if (!isJsonObject(value)) return undefined;
  const events = [value.history, value.trajectory, value.events].find(Array.isArray);
  // Outputs of older evaluations have each action in a pair with its observation.
  return events?.every((pair) => Array.isArray(pair)) ? events.flat() : events;
}

function isEvent(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  if (value.kind === "ActionEvent") return typeof value.tool_name === "string";
  return typeof value.source === "string" && typeof value.action === "string" && isJsonObject(value.args);
}

/** Actions without an effect outside the agent, unless the model called them as tools. */
const INNER = new Set([
  "message",
  "system",
  "recall",
  "think",
  "finish",
  "reject",
  "null",
  "change_agent_state",
  "condensation",
  "condensation_request",
  "start",
  "pause",
  "resume",
  "stop",
]);

function readEvents(log: Log) {
  const calls = new Map<string, number>();
  const others = countSkipped();
  const elements = Array.isArray(log.value) ? itemsOf(log.value, "event") : log.elements;
  return readLog({ ...log, elements }, (event, ledger) => {
    const { value, position, time } = event;
    const { kind, action, observation, source } = value;
    ledger.use(time);
    if (kind === "ActionEvent" || typeof action === "string") {
      return readAction(event, calls, others.add, ledger);
    }
    if (
      kind === "ObservationEvent" || kind === "AgentErrorEvent" || kind === "UserRejectObservation" ||
      typeof observation === "string"
    ) {
      const key = idIn(kind === undefined ? value.cause : value.tool_call_id);
      const call = key === undefined ? undefined : calls.get(key);
      if (call === undefined) {
        return others.add(`observation "${wordOf(observation ?? kind)}" of no call`);
      }
      calls.delete(key!);
      return ledger.answerTo(call, {
        content: contentOf(value, position, ledger),
        failed: failureOf(value),
        time,
      });
    }
    if (typeof source === "string" || typeof kind === "string") {
      return others.add(`event "${wordOf(kind)}"`);
    }
    ledger.leaveOut(position, value, "no event");
  }, (ledger) => others.report(ledger, log.position));
}

function readAction(
  { value, position, time }: Message,
  calls: Map<string, number>,
  leave: (kind: string) => void,
  ledger: Ledger,
): void {
  const { kind, action, args, source, tool_call_metadata: about } = value;
  const name = kind === "ActionEvent" ? value.tool_name : action;
  if (source !== "agent") {
    return leave(`action "${wordOf(name)}" of "${wordOf(source ?? "nobody")}"`);
  }
  if (kind === undefined && !isJsonObject(about) && INNER.has(asText(action))) {
    return leave(`action "${action}"`);
  }
  const asked = isJsonObject(value.tool_call) ? value.tool_call : {};
  const named = isJsonObject(about) ? about : {};
  const call = kind === "ActionEvent"
    ? ledger.call({
      position,
      id: value.tool_call_id,
      tool: name,
      args: asked.arguments ?? value.action,
      time,
    })
    : ledger.call({
      position,
      id: named.tool_call_id,
      tool: textIn(named.function_name) ?? name,
      args,
      time,
    });
  const key = idIn(kind === "ActionEvent" ? value.tool_call_id : value.id);
  if (call !== undefined && key !== undefined) calls.set(key, call);
}

function contentOf(
  { observation, content, error, rejection_reason: reason }: JsonObject,
  position: string,
  ledger: Ledger,
) {
  if (!isJsonObject(observation)) return content ?? error ?? reason;
  return Array.isArray(observation.content) ? joinTexts(observation.content, position, ledger) : observation;
}

/** The exit code of a command, an observation that is an error, or a rejection. */
function failureOf({ kind, observation, extras }: JsonObject): boolean | undefined {
  if (
    observation === "error" || observation === "user_rejected" || kind === "AgentErrorEvent" ||
    kind === "UserRejectObservation"
  ) return true;
  const inside = isJsonObject(observation) ? observation : isJsonObject(extras) ? extras : {};
  if (typeof inside.is_error === "boolean") return inside.is_error;
  const { exit_code: exit } = isJsonObject(inside.metadata) ? inside.metadata : inside;
  return typeof exit === "number" ? exit !== 0 : undefined;
}
