import { isJsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { type OpenLog, openLog } from "./lines.ts";
import { countSkipped, type LineReader } from "./reader.ts";

/** Reads a line of a session; whether it was one with a call or an answer. */
export type ReadEvent = (line: Message, ledger: Ledger) => boolean;

/** Reads a session whose end shows something, too. */
export interface SessionReader {
  readonly read: ReadEvent;
  readonly end: (ledger: Ledger, position: string) => void;
}

/**
 * A reader of lines that each name the session they are part of; one run per session.
 *
 * @param word what a session is called
 * @param keyOf the name of the session of a line
 * @param kindOf the kind of a line, by which those without a call are counted
 * @param open begins the reader of a session
 */
export function sessionLines(
  keep: Keeping,
  word: string,
  keyOf: (value: JsonValue) => string | undefined,
  kindOf: (value: Message["value"]) => string,
  open: () => ReadEvent | SessionReader,
): LineReader {
  const logs = new Map<string, OpenLog>();
  const logOf = (key: string): OpenLog => {
    const known = logs.get(key);
    if (known !== undefined) return known;
    const others = countSkipped();
    const position = `${word} ${key.slice(0, 80)}`.trimEnd();
    const opened = open();
    const { read, end } = typeof opened === "function" ? { read: opened, end: () => {} } : opened;
    const log = openLog(position, keep, (line, ledger) => {
      ledger.use(line.time);
      if (!read(line, ledger)) others.add(kindOf(line.value));
    }, (ledger) => {
      end(ledger, position);
      others.report(ledger, position);
    });
    logs.set(key, log);
    return log;
  };
  return {
    add: (element) => logOf(keyOf(element.value) ?? "").add(element),
    end: () => ({ readings: [...logs.values()].map((log) => log.end()), skipped: [] }),
  };
}

/** The first member of an object that is a text. */
export function textAt(value: JsonValue | undefined, ...names: readonly string[]): string | undefined {
  if (!isJsonObject(value)) return undefined;
  return names.map((name) => value[name]).find((one): one is string =>
    typeof one === "string" && one.trim() !== ""
  );
}
