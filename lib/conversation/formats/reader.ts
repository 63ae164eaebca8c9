import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { findAnyCallMark } from "../call_marks.ts";
import type { Roots } from "../input.ts";
import { AS_VALUES, type Identity, type Keeping } from "../keeping.ts";
import { type Ledger, unreadCalls } from "../ledger.ts";
import { type Message, readElement, timeIn } from "../messages.ts";
import { countCalls, type Skipped, type Transcript } from "../transcript.ts";

/** A conversation that has no run id yet. */
export interface Reading extends Identity {
  readonly position: string;
  readonly transcript: Transcript;
  /** The ids of the sessions that it is, or was forked from with their history, as far as the log names them. */
  readonly sessions?: readonly string[] | undefined;
}

/** The result of reading an input. */
export interface Readings {
  readonly readings: readonly Reading[];
  /** Skipped parts that belong to no run. */
  readonly skipped: readonly Skipped[];
}

/** Reads the values of an input one by one; none is needed after the next one came. */
export interface LineReader {
  readonly add: (element: Element) => void;
  readonly end: () => Readings;
}

/** Opens a {@linkcode LineReader}; `undefined` if the log must be read as a whole, as far as its beginning shows. */
export type LineFormat = (keep: Keeping, sample: readonly JsonValue[]) => LineReader | undefined;

/** Says where in its log a file belongs that holds only a part of it. */
export interface LogPart {
  /** What parts of one log have in common, beside their folder. */
  readonly log: string;
  /** What the parts of a log are sorted by, number by number. */
  readonly order: readonly bigint[];
}

/** One supported format. */
export interface FormatReader {
  /** The programs that write it. */
  readonly title: string;
  /** Which parts become calls and results. */
  readonly reads: string;
  /** What the runpack does not keep. */
  readonly lost: string;
  /** A minimal input with a call. */
  readonly example: string;
  /** Whether the values of an input have features unique to this format. */
  readonly detect: (values: readonly JsonValue[]) => boolean;
  /** @throws {GaitError} `invalid_input` if it contains nothing usable, or calls that can't be read */
  readonly read: (roots: Roots) => Readings;
  /** Which log a value is a part of whose parts may be files of their own; `undefined` if it is none. */
  readonly partOf?: (value: JsonObject) => LogPart | undefined;
  /** Reads long logs of lines without holding them. */
  readonly byLine?: LineFormat;
}

/** A value with its position in the input. */
export interface Element {
  readonly value: JsonValue;
  readonly position: string;
}

/** The log of one run of an agent. */
export interface Log {
  readonly position: string;
  readonly value: JsonValue;
  readonly elements: readonly Element[];
  /** Members that apply to the whole log, including its start time. */
  readonly about?: JsonObject | undefined;
  /** The part of the value that can hold calls of this agent; all of it unless given. */
  readonly own?: JsonValue | undefined;
}

/** The values of an input as elements. */
export function elementsOf({ values, position }: Roots): Element[] {
  return values.map((value, i) => ({ value, position: position(i) }));
}

/** The items of a list as elements, numbered from 1. */
export function itemsOf(list: readonly JsonValue[], name: string): Element[] {
  return list.map((value, i) => ({ value, position: `${name} ${i + 1}` }));
}

/**
 * Read the elements of a log one by one.
 *
 * @param end called after the last element, to report what is known only then
 * @throws {GaitError} `invalid_input` if it contains nothing usable, or contains calls of which none could be read:
 * its runpack would attest that the agent did nothing
 */
export function readLog(
  { position, value, elements, about, own = value }: Log,
  read: (element: Message, ledger: Ledger) => void,
  end: (ledger: Ledger) => void = () => {},
  keep: Keeping = AS_VALUES,
): Reading {
  const ledger = keep.ledger();
  if (about !== undefined) ledger.begin(timeIn(about, position, ledger));
  for (const element of elements) readElement(element, ledger, read);
  end(ledger);
  const transcript = ledger.close(position);
  const mark = countCalls(transcript) === 0 ? findAnyCallMark(own) : undefined;
  if (mark !== undefined) {
    throw unreadCalls(position, [
      { position, reason: `${mark}, but no call could be read` },
      ...transcript.skipped,
    ]);
  }
  return { position, ...keep.identify(value), transcript };
}

/** Counts skipped lines by kind, so that a log with thousands of them gets one note per kind. */
export function countSkipped(): {
  readonly add: (kind: string) => void;
  readonly report: (ledger: Ledger, position: string) => void;
} {
  const counts = new Map<string, number>();
  return {
    add: (kind) => void counts.set(kind, (counts.get(kind) ?? 0) + 1),
    report(ledger, position) {
      for (const [kind, count] of counts) ledger.skip(position, `${count} × ${kind}`);
    },
  };
}

/** Members that contain the messages of a conversation. */
const HOLDERS = ["messages", "contents", "traj", "history"] as const;

/** The messages of a value that is a conversation; `undefined` if it is not one. */
export function conversationIn(value: JsonValue): JsonValue[] | undefined {
  if (Array.isArray(value)) return value;
  if (!isJsonObject(value)) return undefined;
  // The state of LangGraph, and its checkpoint.
  const state = [value.values, value.channel_values].find((one) => isJsonObject(one));
  if (state !== undefined) return conversationIn(state);
  const holder = HOLDERS.find((name) => Array.isArray(value[name]));
  return holder === undefined ? undefined : value[holder] as JsonValue[];
}

/**
 * The logs of an input: each conversation is a log of its own; a plain sequence of messages or lines is one log.
 *
 * @param inside returns the messages of a value that is a whole conversation
 */
export function logsOf(
  roots: Roots,
  inside: (value: JsonValue) => readonly JsonValue[] | undefined = conversationIn,
): Log[] {
  const { values, position } = roots;
  const lists = values.map(inside);
  if (lists.length > 0 && lists.every((list) => list !== undefined)) {
    return values.map((value, i) => ({
      position: position(i),
      value,
      elements: itemsOf(lists[i]!, "message"),
      about: isJsonObject(value) ? value : undefined,
    }));
  }
  const isList = values.length > 0 && position(0).startsWith("conversation");
  const elements = isList ? itemsOf(values, "message") : elementsOf(roots);
  return [{ position: "conversation 1", value: [...values], elements }];
}

/** A non-blank text, unchanged. */
export function textIn(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** An id as text; some formats use numbers. */
export function idIn(value: JsonValue | undefined): string | undefined {
  return typeof value === "number" ? String(value) : textIn(value);
}

/** The objects in a list; empty if the value is not a list. */
export function objectsIn(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The word that a log gives, such as the type of a line, as short as a message needs it; `none` without one. */
export function wordOf(value: JsonValue | undefined): string {
  return asText(value ?? "none").slice(0, 80);
}
