import { isJsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { findAnyCallMark } from "../call_marks.ts";
import type { Roots } from "../input.ts";
import { AS_VALUES, type Keeping } from "../keeping.ts";
import { type Ledger, unreadCalls } from "../ledger.ts";
import { type Message, readElement } from "../messages.ts";
import { countCalls, type Skipped } from "../transcript.ts";
import { Continuations } from "./continued.ts";
import {
  conversationIn,
  type Element,
  elementsOf,
  itemsOf,
  type LineFormat,
  type LineReader,
  type Log,
  type Reading,
  type Readings,
} from "./reader.ts";

/** Thrown by a reader when a later line shows that the log must be read as a whole. */
export const NOT_BY_LINE = new Error("This log is read as a whole");

/** Read an input of a format that always reads value by value. */
export function readValues(roots: Roots, open: (keep: Keeping) => LineReader): Readings {
  const lines = open(AS_VALUES);
  for (const element of elementsOf(roots)) lines.add(element);
  return lines.end();
}

/** A log that grows element by element. */
export interface OpenLog {
  /** @param parts what is read of it; the element itself unless given */
  readonly add: (element: Element, parts?: readonly Element[]) => void;
  readonly end: () => Reading;
}

/**
 * Begin a log whose elements come one by one; its reading is the one that `readLog()` gives of all of them.
 *
 * @param end called after the last element, to report what is known only then
 */
export function openLog(
  position: string,
  keep: Keeping,
  read: (element: Message, ledger: Ledger) => void,
  end: (ledger: Ledger) => void = () => {},
): OpenLog {
  const ledger = keep.ledger();
  const identity = keep.list();
  let calls = 0;
  let mark: Skipped | undefined;
  const counted: Ledger = { ...ledger, call: (call) => (calls++, ledger.call(call)) };
  return {
    add(element, parts = [element]) {
      identity.add(element.value);
      for (const part of parts) readElement(part, counted, read);
      // Only of a log without calls is it asked whether any are mentioned.
      if (calls === 0) mark ??= markIn(element);
    },
    end() {
      end(counted);
      const transcript = ledger.close(position);
      if (countCalls(transcript) === 0 && mark !== undefined) {
        throw unreadCalls(position, [mark, ...transcript.skipped]);
      }
      return { position, ...identity.end(), transcript };
    },
  };
}

function markIn({ position, value }: Element): Skipped | undefined {
  const mark = findAnyCallMark(value);
  return mark === undefined ? undefined : { position, reason: `${mark}, but no call could be read` };
}

/** A reader of an input that is a single log. */
export function oneLog({ add, end }: OpenLog): LineReader {
  return { add: (element) => add(element), end: () => ({ readings: [end()], skipped: [] }) };
}

/**
 * A reader of an input in which each value is a log of its own.
 *
 * @param inside the messages of a value, by which those that another one goes on with are known
 */
export function logEach(
  read: (element: Element) => Reading,
  inside?: (value: JsonValue) => readonly JsonValue[],
  key: Keeping["key"] = AS_VALUES.key,
): LineReader {
  const readings: Reading[] = [];
  const continued = new Continuations(key);
  return {
    add(element) {
      readings.push(read(element));
      if (inside !== undefined) continued.add(inside(element.value));
    },
    end: () => inside === undefined ? { readings, skipped: [] } : continued.leaveOut(readings),
  };
}

/** Logs in which every line is a whole conversation, as `logsOf()` splits them. */
export function conversationEach(
  read: (log: Log, keep: Keeping) => Reading,
  inside: (value: JsonValue) => readonly JsonValue[] | undefined = conversationIn,
): LineFormat {
  return (keep, sample) => {
    if (!sample.every((value) => inside(value) !== undefined)) return undefined;
    return logEach(
      ({ value, position }) => {
        const list = inside(value);
        if (list === undefined) throw NOT_BY_LINE;
        const about = isJsonObject(value) ? value : undefined;
        return read({ position, value, elements: itemsOf(list, "message"), about }, keep);
      },
      (value) => inside(value) ?? [],
      keep.key,
    );
  };
}
