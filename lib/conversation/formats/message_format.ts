import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { findCallMark } from "../call_marks.ts";
import type { Keeping } from "../keeping.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { readEach } from "./continued.ts";
import { conversationEach } from "./lines.ts";
import { withoutSnapshots } from "./snapshots.ts";
import { conversationIn, type Element, type FormatReader, type Log, logsOf, readLog } from "./reader.ts";

/** A format in which an agent framework stores its messages one by one. */
export function messageFormat(
  about: Pick<FormatReader, "title" | "reads" | "lost" | "example">,
  isMessage: (value: JsonObject) => boolean,
  read: (message: Message, ledger: Ledger) => void,
  {
    inside = conversationIn,
    join = (elements) => elements,
    merge = (elements) => elements,
    unfold,
    keyOf,
    own,
    hasStates = false,
  }: {
    /** The messages of a value that holds some. */
    readonly inside?: typeof conversationIn;
    /** Joins the pieces of messages before steps are unfolded. */
    readonly join?: (elements: readonly Element[]) => readonly Element[];
    /** Merges what was streamed. */
    readonly merge?: (elements: readonly Element[]) => readonly Element[];
    /** The messages in an element that is a step of a stream; `undefined` if it is none. */
    readonly unfold?: (value: JsonValue) => JsonObject[] | undefined;
    /** What a message with calls is known by when it comes again; `undefined` for one that is read each time. */
    readonly keyOf?: (value: JsonValue) => string | undefined;
    /** The part of a message that can hold calls; one with some that are not read is refused. */
    readonly own?: (value: JsonObject) => JsonValue | undefined;
    /** Whether conversations may be states of one, each with the messages of the one before. */
    readonly hasStates?: boolean;
  } = {},
): FormatReader {
  const readOne = (log: Log, keep?: Keeping) => {
    const { elements, repeated } = unfolded(join(log.elements), unfold);
    const end = (ledger: Ledger) => {
      if (repeated > 0) ledger.skip(log.position, `${repeated} × message that a later step repeats`);
      const again = merged.length - once.length;
      if (again > 0) ledger.skip(log.position, `${again} × message with the same calls again`);
    };
    const merged = merge(elements);
    const once = keyOf === undefined ? merged : withoutRepeats(merged, keyOf);
    return readLog(
      { ...log, elements: once },
      own === undefined ? read : refusingUnread(read, own),
      end,
      keep,
    );
  };
  return {
    ...about,
    detect: (values) =>
      values.some((value) =>
        [value, ...inside(value) ?? [], ...unfold?.(value) ?? []].some((one) =>
          isJsonObject(one) && isMessage(one)
        )
      ),
    read(roots) {
      const all = logsOf(roots, inside);
      const { logs, skipped } = hasStates ? withoutSnapshots(all) : { logs: all, skipped: [] };
      const { readings, skipped: continued } = readEach(logs, (log) => readOne(log));
      return { readings, skipped: [...skipped, ...continued] };
    },
    byLine: (keep, sample) => {
      const logs = hasStates ? logsOf({ values: sample, position: String }, inside) : [];
      return withoutSnapshots(logs).skipped.length > 0
        ? undefined
        : conversationEach(readOne, inside)(keep, sample);
    },
  };
}

/** Refuses a message that mentions calls but of which nothing was read: its calls are in another form. */
function refusingUnread(
  read: (message: Message, ledger: Ledger) => void,
  own: (value: JsonObject) => JsonValue | undefined,
): (message: Message, ledger: Ledger) => void {
  return (message, ledger) => {
    let isRead = false;
    const noting = <A extends unknown[], R>(step: (...args: A) => R) => (...args: A): R => {
      isRead = true;
      return step(...args);
    };
    read(message, {
      ...ledger,
      call: noting(ledger.call),
      answer: noting(ledger.answer),
      skip: noting(ledger.skip),
      leaveOut: noting(ledger.leaveOut),
      foreign: noting(ledger.foreign),
    });
    const mark = isRead ? undefined : findCallMark(own(message.value));
    if (mark !== undefined) ledger.foreign(message.position, `a call in another form, with ${mark}`);
  };
}

function withoutRepeats(
  elements: readonly Element[],
  keyOf: (value: JsonValue) => string | undefined,
): Element[] {
  const seen = new Set<string>();
  return elements.filter(({ value }) => {
    const key = keyOf(value);
    if (key === undefined) return true;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** The elements with the messages of steps in their place, each once: a graph repeats those of the graphs inside it. */
function unfolded(
  elements: readonly Element[],
  unfold: ((value: JsonValue) => JsonObject[] | undefined) | undefined,
): { readonly elements: Element[]; readonly repeated: number } {
  const seen = new Set<string>();
  let repeated = 0;
  const isNew = (message: JsonObject) => {
    if (typeof message.id !== "string") return true;
    const key = canonicalize([message.id, message.tool_calls ?? null]);
    if (!seen.has(key)) return !!seen.add(key);
    repeated++;
    return false;
  };
  const all = elements.flatMap((element) =>
    unfold?.(element.value)?.filter(isNew).map((value) => ({ ...element, value })) ?? [element]
  );
  return { elements: all, repeated };
}
