import { GaitError, invalidInput, invalidOption } from "../errors/mod.ts";
import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { encodeProvenance } from "../intent/encode.ts";
import { readProvenance } from "../intent/script.ts";
import { findCallMark } from "./call_marks.ts";
import { type CallStore, CallValues } from "./call_store.ts";
import { type AnswerBody, EarlyAnswers, NOT_THERE, quoteCall } from "./early_answers.ts";
import type { Skipped, Transcript } from "./transcript.ts";

/** A call as a format reader found it. */
export interface SeenCall {
  readonly position: string;
  readonly id: JsonValue | undefined;
  readonly tool: JsonValue | undefined;
  readonly args: JsonValue | undefined;
  /** Where the arguments come from, in the words of `arg_provenance` (docs/spec/gate.md 2.3). */
  readonly origins?: JsonValue | undefined;
  readonly time?: Rfc3339 | undefined;
}

/** An answer as a format reader found it. */
export interface SeenAnswer extends AnswerBody {
  readonly position: string;
  /** Id of the answered call. */
  readonly id: JsonValue | undefined;
  /** Name of the tool; identifies the call in formats without ids. */
  readonly tool?: JsonValue | undefined;
  /** Whether the format may have it before its call; then it belongs to the only call with its id. */
  readonly mayPrecede?: boolean;
}

/** Collects the elements of one conversation and matches answers to calls. */
export interface Ledger {
  /** Set the start time of the conversation. */
  readonly begin: (time: Rfc3339 | undefined) => void;
  /** Report an element of the format, with or without calls. */
  readonly use: (time?: Rfc3339) => void;
  /** Count a time that was written without a zone and is read as UTC. */
  readonly naiveTime: () => void;
  /** Start the agent's next turn: answers match its calls before older calls with the same id. */
  readonly nextTurn: () => void;
  /** @returns the index of the call; `undefined` if it names no tool, in which case the conversation is refused */
  readonly call: (call: SeenCall) => number | undefined;
  readonly answer: (answer: SeenAnswer) => void;
  /** Report the answer to a known call. */
  readonly answerTo: (call: number, answer: AnswerBody) => void;
  readonly skip: (position: string, reason: string) => void;
  /** Skip an unknown element: one that contains a call is `foreign`, any other is listed. */
  readonly leaveOut: (position: string, value: JsonValue, reason: string) => void;
  /**
   * Report a call or answer in an unknown form. The conversation is refused, because a runpack without the call would
   * attest that it was never made.
   */
  readonly foreign: (position: string, what: string) => void;
  /**
   * The transcript of the conversation at `position`.
   *
   * @throws {GaitError} `invalid_input` if no element was usable, or calls were found that can't be read
   */
  readonly close: (position: string) => Transcript;
}

/** Create a ledger that keeps calls and answers in a store. */
export function openLedger(store: CallStore = new CallValues()): Ledger {
  const skipped: Skipped[] = [];
  const foreign: Skipped[] = [];
  const early = new EarlyAnswers();
  const byId = openCalls();
  const byTool = openCalls();
  let turn = 0;
  let used = 0;
  let naive = 0;
  let first: Rfc3339 | undefined;
  let last: Rfc3339 | undefined;

  const skip = (position: string, reason: string) => void skipped.push({ position, reason });
  const refuse = (position: string, reason: string) => void foreign.push({ position, reason });

  function answerTo(call: number, { content, failed, time }: AnswerBody) {
    early.meetAnswer(call);
    store.addAnswer({ call, failed, time }, content);
  }

  return {
    begin: (time) => void (first = time),
    use(time) {
      used++;
      first ??= time;
      last = time ?? last;
    },
    naiveTime: () => void naive++,
    nextTurn: () => void turn++,
    call({ position, id, tool, args, origins, time }) {
      const name = nameOf(tool);
      if (name === undefined) {
        refuse(position, "call names no tool");
        return undefined;
      }
      const index = store.length;
      const ownId = nameOf(id);
      const provenance = readOrigins(origins, position, skip);
      store.addCall({ id: ownId, tool: name, provenance, time }, args);
      if (ownId === undefined) byTool.add(name, index, turn);
      else {
        byId.add(ownId, index, turn);
        early.meetCall(ownId, index);
      }
      return index;
    },
    answer({ position, id, tool, mayPrecede = false, ...rest }) {
      const ownId = nameOf(id);
      if (mayPrecede && ownId !== undefined && !byId.knows(ownId)) {
        return early.add({ position, id: ownId, answer: rest });
      }
      const [open, name] = ownId === undefined ? [byTool, nameOf(tool)] : [byId, ownId];
      if (name === undefined) return skip(position, "answer does not say which call it is for");
      const call = open.take(name);
      if (call !== undefined) return answerTo(call, rest);
      skip(
        position,
        open.knows(name)
          ? `second answer to ${quoteCall(name)}`
          : `answer to ${quoteCall(name)}, ${NOT_THERE}`,
      );
    },
    answerTo,
    skip,
    leaveOut(position, value, reason) {
      const mark = findCallMark(value);
      if (mark === undefined) skip(position, reason);
      else refuse(position, `${reason}, with ${mark}`);
    },
    foreign: refuse,
    close(position) {
      early.give(answerTo, skip);
      if (foreign.length > 0) throw unreadCalls(position, foreign);
      if (used === 0) {
        throw invalidOption(
          () => `Cannot import ${position}: nothing in it can be used${listOf(skipped)}`,
          (name) =>
            `Check the input, or name its format with ${
              name("format")
            }, one of gait run import --list-formats`,
        );
      }
      if (naive > 0) {
        skip(position, `${naive} ${naive === 1 ? "time has" : "times have"} no zone; read as UTC`);
      }
      return store.close({ skipped, start: first, finish: last });
    },
  };
}

/** Where arguments come from; what can't be read is listed, because it must not pass for a source. */
function readOrigins(
  origins: JsonValue | undefined,
  position: string,
  skip: (position: string, reason: string) => void,
): JsonObject[] {
  if (origins === undefined || origins === null) return NO_ORIGINS;
  try {
    return readProvenance({ arg_provenance: origins }, "").map(encodeProvenance);
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    skip(position, `arg_provenance that can't be read: ${error.message}`);
    return NO_ORIGINS;
  }
}

const NO_ORIGINS: JsonObject[] = [];

/** A text that names something, as it stands. */
function nameOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value.trim() ? value : undefined;
}

/** The error for a conversation with unreadable calls. */
export function unreadCalls(position: string, seen: readonly Skipped[]): GaitError {
  return invalidInput(
    `Cannot import ${position}: it holds calls in a form that is not known${listOf(seen)}`,
    {
      hint:
        "Bring the calls into a form of docs/import.md; a runpack without them would say they were never made",
    },
  );
}

/** The first few reasons, in brackets. */
export function listOf(skipped: readonly Skipped[]): string {
  if (skipped.length === 0) return "";
  const shown = skipped.slice(0, 5).map(({ position, reason }) => `${position}: ${reason}`);
  const more = skipped.length - shown.length;
  return ` (${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""})`;
}

/** Pending calls of one id, by turn and in order. */
interface OpenTurn {
  readonly turn: number;
  readonly calls: number[];
  next: number;
}

/** Pending calls by name: their id, or their tool if they have none. */
export interface OpenCalls {
  readonly add: (name: string, call: number, turn: number) => void;
  /** The call that an answer belongs to; `undefined` if none is pending. */
  readonly take: (name: string) => number | undefined;
  /** Whether a call with that name was ever added. */
  readonly knows: (name: string) => boolean;
}

/**
 * Track calls that have no answer yet.
 *
 * Ids may repeat inside a conversation. An agent answers the calls of a turn before it takes the next one, so an
 * answer belongs to the latest turn with a waiting call of that id and, in it, to the earliest such call: a call that
 * was never answered does not take the answer of a later one.
 */
export function openCalls(): OpenCalls {
  // Most names have one call, which is kept without lists: a log may have a hundred thousand of them.
  const waiting = new Map<string, OpenTurn[] | OnlyCall>();
  const turnOf: number[] = [];
  return {
    add(name, call, turn) {
      const known = waiting.get(name);
      if (known === undefined || known === ANSWERED) {
        waiting.set(name, call);
        turnOf[call] = turn;
        return;
      }
      const turns = typeof known === "number" ? [{ turn: turnOf[known]!, calls: [known], next: 0 }] : known;
      if (turns !== known) waiting.set(name, turns);
      const last = turns.at(-1);
      if (last?.turn === turn) last.calls.push(call);
      else turns.push({ turn, calls: [call], next: 0 });
    },
    take(name) {
      const turns = waiting.get(name);
      if (turns === undefined || turns === ANSWERED) return undefined;
      if (typeof turns === "number") {
        waiting.set(name, ANSWERED);
        return turns;
      }
      const last = turns.at(-1);
      if (!last) return undefined;
      const call = last.calls[last.next++];
      if (last.next === last.calls.length) turns.pop();
      return call;
    },
    knows: (name) => waiting.has(name),
  };
}

/** The call of a name that has one, or that it was answered. */
type OnlyCall = number;
const ANSWERED = -1;
