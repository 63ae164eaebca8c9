import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts, type Message, timeIn } from "../messages.ts";
import { readArguments } from "../payload.ts";
import { sessionLines, type SessionReader } from "./grouped.ts";
import { InteractionChains, interactionIn, isEvent, isStep, stepsIn } from "./interaction_parts.ts";
import { InteractionStream } from "./interaction_stream.ts";
import { readValues } from "./lines.ts";
import { type FormatReader, textIn, wordOf } from "./reader.ts";

/** Interactions of the Gemini API, their steps, and the events of streamed ones. */
export const geminiInteractions: FormatReader = {
  title: "Gemini Interactions API (also Vertex AI): interactions, whole and streamed, and steps between them",
  reads:
    "steps `function_call` and `function_result`, `mcp_server_tool_call` and those of the tools that the service runs, each with its result; the steps of an `input` that are not known yet; one run per chain of interactions",
  lost: "what was said, thoughts; calls whose stream broke off are listed",
  example:
    '{"id":"i1","object":"interaction","status":"requires_action","steps":[{"type":"function_call","id":"c1","name":"pay","arguments":{}}]}',
  detect: (values) =>
    values.some((value) =>
      isJsonObject(value) && (interactionIn(value) !== undefined || isEvent(value) || isOwnStep(value))
    ),
  read: (roots) => readValues(roots, open),
  byLine: open,
};

/** A step that is no item of the Responses API, which names its calls otherwise and has their arguments as a text. */
const isOwnStep = (value: JsonObject) =>
  isStep(value) && value.status === undefined &&
  (value.type === "function_result" && typeof value.call_id === "string" && value.result !== undefined ||
    value.type === "function_call" && typeof value.id === "string" && isJsonObject(value.arguments) &&
      value.call_id === undefined);

function open(keep: Keeping) {
  const chains = new InteractionChains();
  return sessionLines(
    keep,
    "interaction",
    (value) => chains.keyOf(value),
    (value) => wordOf(value.event_type ?? value.type ?? "interaction"),
    () => openChain(keep.key, chains),
  );
}

type Place = Pick<Message, "position" | "time">;

function openChain(key: Keeping["key"], chains: InteractionChains): SessionReader {
  const stream = new InteractionStream();
  /** The calls of the steps of interactions, by where they stand, and those of all ids. */
  const placed = new Map<string, string>();
  const calls = new Map<string, string>();
  const answered = new Set<string>();

  /** Whether a step was a call or an answer. */
  function readStep(
    step: JsonObject,
    own: string | undefined,
    { position, time }: Place,
    ledger: Ledger,
  ): boolean {
    const type = textIn(step.type) ?? "";
    if (/_call$/.test(type)) {
      const tool = toolOf(step);
      const args = step.arguments ?? {};
      const what = key(canonicalize([tool ?? null, readArguments(args).args]));
      const id = textIn(step.id);
      const before = own === undefined ? id === undefined ? undefined : calls.get(id) : placed.get(own);
      if (before === what) return false;
      if (before !== undefined) ledger.foreign(position, "another call in the place of an earlier one");
      if (own !== undefined) placed.set(own, what);
      else if (id === undefined) ledger.foreign(position, "a call without an id among the steps of an input");
      if (id !== undefined) {
        calls.set(id, what);
        answered.delete(id);
      }
      ledger.call({ position, id, tool, args, time });
      return true;
    }
    if (!/_result$/.test(type)) return false;
    const id = textIn(step.call_id);
    if (id !== undefined && answered.has(id)) return false;
    if (id !== undefined) answered.add(id);
    const { result, is_error: failed } = step;
    const content = Array.isArray(result) ? joinTexts(result, position, ledger) : result;
    ledger.answer({
      position,
      id,
      tool: toolOf(step),
      content,
      failed: typeof failed === "boolean" ? failed : undefined,
      time,
    });
    return true;
  }

  function readInteraction(interaction: JsonObject, { position, time }: Place, ledger: Ledger): boolean {
    let isRead = false;
    stepsIn(interaction.input).forEach((step, i) => {
      isRead = readStep(step, undefined, { position: `${position}, input ${i + 1}`, time }, ledger) || isRead;
    });
    ledger.nextTurn();
    const id = textIn(interaction.id);
    // One that the client put together from several has their steps at other places.
    const hops = Array.isArray(interaction.continuation_ids) ? interaction.continuation_ids.length : 0;
    stepsIn(interaction.steps).forEach((step, i) => {
      const own = id === undefined || hops > 1 ? undefined : `${id} ${i}`;
      isRead = readStep(step, own, { position: `${position}, step ${i + 1}`, time }, ledger) || isRead;
    });
    return isRead;
  }

  let streamed: Message["time"];
  return {
    read({ value, position, time }, ledger) {
      const interaction = interactionIn(value);
      if (!isEvent(value)) {
        if (interaction !== undefined) return readInteraction(interaction, { position, time }, ledger);
        if (isStep(value)) return readStep(value, undefined, { position, time }, ledger);
        ledger.leaveOut(position, value, "neither an interaction nor a step of one");
        return false;
      }
      if (chains.areMixed) ledger.foreign(position, "the end of a stream within another in one log");
      if (interaction !== undefined) streamed = timeIn(interaction, position, ledger) ?? streamed;
      ledger.use(streamed);
      const isPart = interaction !== undefined || stream.isPart(value);
      const { step, place, broken, refused } = stream.add(value);
      if (broken !== undefined) ledger.skip(position, broken);
      if (refused !== undefined) ledger.foreign(position, refused);
      const at = { position, time: time ?? streamed };
      if (step !== undefined) readStep(step, place, at, ledger);
      if (interaction !== undefined) readInteraction(interaction, at, ledger);
      return isPart;
    },
    end(ledger, position) {
      const broken = stream.end();
      if (broken !== undefined) ledger.skip(position, broken);
    },
  };
}

/** The name of what a step calls: a function, a tool of an MCP server, or a tool of the service. */
function toolOf({ type, name }: JsonObject): JsonValue | undefined {
  const kind = textIn(type)?.replace(/_(?:call|result)$/, "");
  return kind === "function" || kind === "mcp_server_tool" ? name : kind;
}
