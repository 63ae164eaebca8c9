import { canonicalize } from "../formats/json/mod.ts";
import { hasFraction } from "../formats/time.ts";
import type { Reading } from "./formats/reader.ts";
import type { HashPayload } from "./payload_writer.ts";
import {
  countCalls,
  type Format,
  type Skipped,
  type ToolAnswer,
  type ToolCall,
  type Transcript,
} from "./transcript.ts";

/** A reading with its format. */
export interface FoundReading extends Reading {
  readonly format: Format;
  /** The name of its input. */
  readonly input: string;
}

/**
 * The readings with each call once, though several logs hold it: the same file twice, an archive inside of a longer
 * one, a session that was continued in a new file with its history, a panel next to the history of the API. A call is
 * the same when its id, its time, its tool and its arguments are; without its time nothing tells it from an equal one,
 * but for one that the history of a request tells again, or that of a session that was forked from another.
 * An answer that only the later log has goes to the call in the earlier one; of two that differ the earlier counts.
 * What is left out is listed.
 */
export async function attestedOnce(
  found: readonly FoundReading[],
  skipped: Skipped[],
): Promise<readonly FoundReading[]> {
  if (found.length < 2) return found;
  const { bulkHasher } = await import("../signing/bulk_digest.ts");
  const runs = withoutRetold(found, skipped).map((reading): Run => ({
    reading,
    calls: [],
    answers: [],
    places: [],
    hasMore: false,
    others: 0,
  }));
  const known = new Map<string, Place[]>();
  const begun = new Map<string, Beginning[]>();
  for (const run of runs) readOnce(run, known, continuedFrom(run, begun, bulkHasher), bulkHasher);
  return runs.flatMap(({ reading, calls, answers, hasMore, others }) => {
    const { transcript, position } = reading;
    const again = countCalls(transcript) - calls.length;
    if (again === 0 && !hasMore) return [reading];
    const { skipped: left, start, finish } = transcript;
    const listed: Skipped[] = again > 0
      ? [{ position, reason: `${again} × call that a log before it holds` }]
      : [];
    if (others > 0) {
      listed.push({ position, reason: `${others} × answer that differs from the one in a log before it` });
    }
    if (calls.length > 0) {
      return [{ ...reading, transcript: { calls, answers, skipped: [...left, ...listed], start, finish } }];
    }
    for (const one of listed) skipped.push(one);
    return [];
  });
}

/** A run whose calls are gathered, those of a long log as objects only if one of them is left out. */
interface Run {
  readonly reading: { readonly transcript: Transcript } & FoundReading;
  readonly calls: ToolCall[];
  readonly answers: ToolAnswer[];
  /** Where each call of its log is attested. */
  places: readonly Place[];
  /** Whether a later log had an answer to one of its calls. */
  hasMore: boolean;
  /** How many of its answers differ from those that calls of a log before it have. */
  others: number;
}

/** Where a call is attested. */
interface Place {
  readonly run: Run;
  readonly index: number;
  /** Whether its log only tells of it again, in the history of a request. */
  readonly isRetold: boolean;
  answer: ToolAnswer | undefined;
}

/** Add the calls of a run that no run before it has; one log may well hold two equal calls, so they are counted. */
function readOnce(
  run: Run,
  known: Map<string, Place[]>,
  continued: readonly Place[],
  hash: HashPayload,
): void {
  const { transcript, format, sessions = [] } = run.reading;
  const own: [string, Place][] = [];
  const met = new Map<string, number>();
  /** The place of the call with a key that stands where this one does among those of its run. */
  const knownBy = (key: string | undefined): Place | undefined => {
    if (key === undefined) return undefined;
    const n = met.get(key) ?? 0;
    met.set(key, n + 1);
    return known.get(key)?.[n];
  };
  const places = transcript.calls.map((call, i): Place => {
    if (continued[i] !== undefined) return continued[i];
    const key = keyOf(call, format, hash);
    const timeless = timelessKeyOf(call, format, hash);
    const isRetold = timeless !== undefined && call.time === undefined && transcript.start !== undefined;
    const [same, alike] = [knownBy(key), knownBy(timeless)];
    const copied = sessions.map((session) => sessionKeyOf(call, session, hash));
    const copies = copied.map(knownBy);
    const copy = copies.find((place) => place !== undefined && place.run !== run);
    if (same !== undefined) return same;
    if (copy !== undefined) {
      // The session that this one was forked from may come behind it.
      copied.forEach((key, n) => key !== undefined && copies[n] === undefined && own.push([key, copy]));
      return copy;
    }
    if (alike !== undefined && (isRetold || alike.isRetold)) return alike;
    const place = { run, index: run.calls.length, isRetold, answer: undefined };
    run.calls.push(call);
    for (const one of [key, timeless, ...copied]) if (one !== undefined) own.push([one, place]);
    return place;
  });
  run.places = places;
  for (const [key, place] of own) {
    const list = known.get(key);
    if (list === undefined) known.set(key, [place]);
    else list.push(place);
  }
  for (const answer of transcript.answers) {
    const place = places[answer.call]!;
    if (place.run !== run && place.answer !== undefined) {
      if (!sameAnswer(place.answer, answer, hash)) run.others++;
      continue;
    }
    place.answer = answer;
    place.run.answers.push({ ...answer, call: place.index });
    if (place.run !== run) place.run.hasMore = true;
  }
}

/**
 * The places of the first calls of a log whose times are not known, if another log before it begins with them, and with
 * their answers: a session that goes on in a new file may have its history there. Equal logs may be two, and so may
 * exchanges with a model, of which a cache may have answered some.
 */
function continuedFrom(run: Run, begun: Map<string, Beginning[]>, hash: HashPayload): readonly Place[] {
  const own = beginningOf(run, hash);
  if (own.length === 0 || run.reading.format === "exchanges") return [];
  const others = begun.get(own[0]!.call) ?? [];
  begun.set(own[0]!.call, [...others, { run, calls: own }]);
  let longest: readonly Place[] = [];
  for (const { run: other, calls: its } of others) {
    const differs = own.findIndex((one, i) => its[i] === undefined || !isSame(one, its[i]));
    const length = differs < 0 ? own.length : differs;
    if (length > longest.length && !isEqualLog(run.reading, other.reading, hash)) {
      longest = other.places.slice(0, length);
    }
  }
  return longest;
}

/** A log with its first calls. */
interface Beginning {
  readonly run: Run;
  readonly calls: readonly Begun[];
}

/** What a call is known by among the first of its log, and its answer. */
interface Begun {
  readonly call: string;
  readonly answer: ToolAnswer | undefined;
  readonly hash: HashPayload;
}

const isSame = (one: Begun, other: Begun) =>
  one.call === other.call &&
  (one.answer === undefined || other.answer === undefined || sameAnswer(one.answer, other.answer, one.hash));

/** The first calls of a log, as far as they have random ids and no times. */
function beginningOf({ reading: { transcript } }: Run, hash: HashPayload): Begun[] {
  const isKnown = ({ id, time }: ToolCall) =>
    time === undefined && id !== undefined && id.length >= RANDOM_ID;
  if (countCalls(transcript) === 0) return [];
  // A long log makes all of its calls when it is asked for them.
  if (!isKnown(transcript.written?.call(0) ?? transcript.calls[0]!)) return [];
  const { calls } = transcript;
  const end = calls.findIndex((call) => !isKnown(call));
  const answers = new Map(transcript.answers.map((answer) => [answer.call, answer]));
  return calls.slice(0, end < 0 ? calls.length : end).map(({ id, tool, args, digest }, i) => ({
    call: hash(canonicalize([id!, tool, digest ?? hash(canonicalize(args))])),
    answer: answers.get(i),
    hash,
  }));
}

function isEqualLog(one: Reading, other: Reading, hash: HashPayload): boolean {
  const digestOf = ({ digest, value }: Reading) => digest ?? hash(canonicalize(value));
  return digestOf(one) === digestOf(other);
}

function sameAnswer(one: ToolAnswer, other: ToolAnswer, hash: HashPayload): boolean {
  const digestOf = ({ digest, result }: ToolAnswer) => digest ?? hash(canonicalize(result));
  return one.status === other.status && digestOf(one) === digestOf(other);
}

/** What a call is known by; `undefined` if nothing tells it from an equal one of another run. */
function keyOf(
  { id, tool, time, args, digest }: ToolCall,
  format: Format,
  hash: HashPayload,
): string | undefined {
  if (time === undefined) return undefined;
  // Two runs may count their calls alike and begin in the same second.
  const isExact = hasFraction(time);
  const isKnown = id === undefined ? format === "exchanges" && isExact : isExact || id.length >= RANDOM_ID;
  return isKnown
    ? hash(canonicalize([id ?? null, tool, time, digest ?? hash(canonicalize(args))]))
    : undefined;
}

/**
 * What a call of an exchange with a model is known by in the histories of later requests, which do not tell when it was
 * made: a log may end, and the next one begin, within a conversation.
 */
function timelessKeyOf(
  { id, tool, args, digest }: ToolCall,
  format: Format,
  hash: HashPayload,
): string | undefined {
  return format !== "exchanges" || id === undefined || id.length < RANDOM_ID
    ? undefined
    : hash(canonicalize(["retold", id, tool, digest ?? hash(canonicalize(args))]));
}

/** What a call is known by in the history of sessions that were forked, whose lines have the time of the fork. */
function sessionKeyOf(
  { id, tool, args, digest }: ToolCall,
  session: string,
  hash: HashPayload,
): string | undefined {
  return id === undefined || id.length < RANDOM_ID
    ? undefined
    : hash(canonicalize(["session", session, id, tool, digest ?? hash(canonicalize(args))]));
}

/** As long are ids that APIs make at random, at least. */
const RANDOM_ID = 16;

/**
 * The readings without those that retell a log next to them: the panel of Cline shows the calls that the history of the
 * API has, and two runs would attest each of them twice.
 */
function withoutRetold(readings: readonly FoundReading[], skipped: Skipped[]): FoundReading[] {
  const histories = new Set(
    readings.filter(({ format }) => format === "cline").map(({ input }) => folderOf(input)),
  );
  return readings.filter(({ format, input, position, transcript: { calls } }) => {
    const isRetold = format === "cline-ui" && histories.has(folderOf(input));
    if (isRetold) {
      skipped.push({
        position,
        reason: `its ${calls.length} calls are those of the history of the API next to it`,
      });
    }
    return !isRetold;
  });
}

/** What stands before the name of a file, also of one in an archive. */
export function folderOf(input: string): string {
  return input.slice(
    0,
    1 + Math.max(input.lastIndexOf("/"), input.lastIndexOf("\\"), input.lastIndexOf(' "')),
  );
}
