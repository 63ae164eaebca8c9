import { canonicalize, isJsonObject } from "../../formats/json/mod.ts";
import { findAnyCallMark } from "../call_marks.ts";
import type { Skipped } from "../transcript.ts";
import type { Log } from "./reader.ts";

/**
 * The logs without those of which the next one, or the one before, has all messages and goes on: a graph gives its state
 * after each step, also the last state first, and each call must be attested once.
 */
export function withoutSnapshots(
  logs: readonly Log[],
): { readonly logs: readonly Log[]; readonly skipped: readonly Skipped[] } {
  const skipped: Skipped[] = [];
  const left = logs.filter((log, i) => {
    const [before, next] = [logs[i - 1], logs[i + 1]];
    const isKept = !(next !== undefined && goesOn(log, next)) &&
      !(before !== undefined && before.elements.length > log.elements.length && goesOn(log, before));
    if (!isKept) skipped.push({ position: log.position, reason: "a state that another one continues" });
    return isKept;
  });
  return { logs: left, skipped };
}

/** Whether a log begins with all messages of another, which are known by their ids. */
function goesOn({ elements, value: whole }: Log, { elements: longer }: Log): boolean {
  // The state that a graph begins with has no messages.
  if (elements.length === 0 && (longer.length === 0 || findAnyCallMark(whole) !== undefined)) return false;
  return elements.length <= longer.length &&
    elements.every(({ value }, i) => {
      const other = longer[i]!.value;
      return isJsonObject(value) && isJsonObject(other) && typeof value.id === "string" && value.id !== "" &&
        value.id === other.id && canonicalize(value) === canonicalize(other);
    });
}
