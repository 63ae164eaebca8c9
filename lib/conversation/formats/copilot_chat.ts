import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { findCallMark } from "../call_marks.ts";
import type { Ledger } from "../ledger.ts";
import { type Message, timeIn } from "../messages.ts";
import { isNonEmpty } from "../payload.ts";
import { messageFormat } from "./message_format.ts";
import { isJournal, replayJournal } from "./copilot_journal.ts";
import { type FormatReader, idIn, objectsIn } from "./reader.ts";

/** Chats of GitHub Copilot in VS Code, as it exports and stores them as one document. */
const chats = messageFormat(
  {
    title: "GitHub Copilot Chat in VS Code: exported chats, `chatSessions` as JSON and as journals (JSONL)",
    reads:
      "`toolCallRounds` and `toolCallResults` of requests; parts `toolInvocationSerialized` of those without rounds, and of subagents; requests that a journal removes; a call once",
    lost: "what was said, edits, references",
    example:
      '{"requests":[{"requestId":"r","response":[],"result":{"metadata":{"toolCallRounds":[{"toolCalls":[{"id":"c1","name":"read_file","arguments":"{}"}]}]}}}]}',
  },
  (value) => isRequest(value) && (roundsOf(value).length > 0 || partsOf(value).some(isInvocation)),
  ({ value, position }, ledger) => {
    if (!isRequest(value)) return ledger.leaveOut(position, value, "no request of a chat");
    const time = timeIn(value, position, ledger);
    ledger.use(time);
    const results = metadataOf(value).toolCallResults;
    const calls = roundsOf(value).flatMap((round) => objectsIn(round.toolCalls));
    const parts = partsOf(value).filter(isInvocation);
    if (calls.length === 0) return readParts(parts, { position, time }, ledger);
    readRounds(value, isJsonObject(results) ? results : {}, { position, time }, ledger);
    // Rounds are those of the agent; what an agent that it called has done is in the parts alone.
    readParts(parts.filter(isOfSubagent), { position, time }, ledger);
  },
  {
    inside: (value) => isJsonObject(value) && Array.isArray(value.requests) ? value.requests : undefined,
    own: (value) => metadataOf(value).toolCallRounds,
    // A journal that was written twice in part has a request twice.
    keyOf: (value) => isJsonObject(value) && isRequest(value) ? canonicalize(value) : undefined,
  },
);

/** Chats as documents, and as journals of the changes that made them. */
export const copilotChat: FormatReader = {
  title: chats.title,
  reads: chats.reads,
  lost: chats.lost,
  example: chats.example,
  detect: (values) => isJournal(values) && values.some(mentionsCalls) || chats.detect(values),
  read(roots) {
    const { values, position } = roots;
    return isJournal(values)
      ? chats.read({ values: [replayJournal(values, position)], position: () => "conversation 1" })
      : chats.read(roots);
  },
};

const mentionsCalls = (value: JsonValue) => findCallMark(value) !== undefined;

type Place = Pick<Message, "position" | "time">;

const isRequest = (value: JsonObject) =>
  typeof value.requestId === "string" && Object.hasOwn(value, "response");
const isInvocation = ({ kind, toolId: tool }: JsonObject) =>
  kind === "toolInvocationSerialized" && typeof tool === "string";
const isOfSubagent = (part: JsonObject) =>
  typeof part.subAgentInvocationId === "string" || part.fromSubAgent === true;
const partsOf = ({ response }: JsonObject) => objectsIn(response);

function metadataOf({ result }: JsonObject): JsonObject {
  const metadata = isJsonObject(result) ? result.metadata : undefined;
  return isJsonObject(metadata) ? metadata : {};
}

const roundsOf = (value: JsonObject) => objectsIn(metadataOf(value).toolCallRounds);

function readRounds(value: JsonObject, results: JsonObject, { position, time }: Place, ledger: Ledger): void {
  const answered = new Set<string>();
  roundsOf(value).forEach((round, i) => {
    ledger.nextTurn();
    objectsIn(round.toolCalls).forEach((call, k) => {
      const place = `${position}, round ${i + 1}, call ${k + 1}`;
      const { id, name: tool, arguments: args } = call;
      const index = ledger.call({ position: place, id, tool, args: args ?? {}, time });
      // Of two calls of one id the first has the result.
      if (typeof id !== "string" || answered.has(id)) return;
      answered.add(id);
      const result = Object.hasOwn(results, id) ? results[id] : undefined;
      if (index !== undefined && result !== undefined) {
        ledger.answerTo(index, { content: contentOf(result), failed: failedOf(result), time });
      }
    });
  });
}

/** Parts of a result are texts, or trees of elements, which stay as they are. */
function contentOf(result: JsonValue): JsonValue {
  const { content } = isJsonObject(result) ? result : { content: result };
  const texts = objectsIn(content).map(({ value }) => value);
  return texts.length > 0 && texts.every((text) => typeof text === "string")
    ? texts.join("\n")
    : content ?? null;
}

const failedOf = (result: JsonValue) =>
  isJsonObject(result) && (isNonEmpty(result.toolResultError) || result.isError === true) ? true : undefined;

/** A call that is told of while it runs and again when it ends is one. */
function readParts(parts: readonly JsonObject[], { position, time }: Place, ledger: Ledger): void {
  const last = new Map<string, JsonObject>();
  parts.forEach((part, i) => void last.set(idIn(part.toolCallId) ?? `at ${i}`, part));
  let number = 0;
  for (const part of last.values()) {
    const place = `${position}, part ${++number}`;
    const { toolId: tool, toolCallId: id, toolSpecificData: data, resultDetails: details } = part;
    const about = isJsonObject(data) ? data : {};
    const given = isJsonObject(details) ? details : {};
    const line = isJsonObject(about.commandLine) ? about.commandLine : undefined;
    const command = line === undefined ? undefined : line.userEdited ?? line.toolEdited ?? line.original;
    const args = command === undefined ? given.input ?? about.rawInput ?? {} : { command };
    const index = ledger.call({ position: place, id, tool, args, time });
    const terminal = isJsonObject(about.terminalCommandOutput) ? about.terminalCommandOutput.text : undefined;
    const state = isJsonObject(about.terminalCommandState) ? about.terminalCommandState : {};
    const content = given.output === undefined ? terminal : contentOf({ content: given.output });
    if (index === undefined || (content ?? null) === null) continue;
    const failed = given.isError === true || typeof state.exitCode === "number" && state.exitCode !== 0;
    ledger.answerTo(index, { content, failed: failed ? true : undefined, time });
  }
}
