import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { conversationEach } from "./lines.ts";
import { conversationIn, type Element, type FormatReader, type Log, logsOf, readLog } from "./reader.ts";

/** A format in which an agent framework stores its messages one by one. */
export function messageFormat(
  about: Pick<FormatReader, "title" | "reads" | "lost" | "example">,
  isMessage: (value: JsonObject) => boolean,
  read: (message: Message, ledger: Ledger) => void,
  { inside = conversationIn, merge = (elements) => elements, unfold }: {
    /** The messages of a value that holds some. */
    readonly inside?: typeof conversationIn;
    /** Merges what was streamed. */
    readonly merge?: (elements: readonly Element[]) => readonly Element[];
    /** The messages in an element that is a step of a stream; `undefined` if it is none. */
    readonly unfold?: (value: JsonValue) => JsonObject[] | undefined;
  } = {},
): FormatReader {
  const readOne = (log: Log, keep?: Keeping) => {
    const { elements, repeated } = unfolded(log.elements, unfold);
    const end = (ledger: Ledger) => {
      if (repeated > 0) ledger.skip(log.position, `${repeated} × message that a later step repeats`);
    };
    return readLog({ ...log, elements: merge(elements) }, read, end, keep);
  };
  return {
    ...about,
    detect: (values) =>
      values.some((value) =>
        [value, ...inside(value) ?? [], ...unfold?.(value) ?? []].some((one) =>
          isJsonObject(one) && isMessage(one)
        )
      ),
    read: (roots) => ({
      readings: logsOf(roots, inside).map((log) => readOne(log)),
      skipped: [],
    }),
    byLine: conversationEach(readOne, inside),
  };
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
