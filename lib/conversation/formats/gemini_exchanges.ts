import { isJsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { actOf, readContent } from "./gemini.ts";
import { objectsIn } from "./reader.ts";

type Place = Pick<Message, "position" | "time">;

/** Reads requests to the Gemini API and their responses in a row. */
export interface GeminiExchanges {
  /** @returns where the history of the request ends */
  readonly request: (contents: readonly JsonValue[], place: Place, ledger: Ledger) => number;
  readonly response: (answers: readonly JsonValue[], after: number, place: Place, ledger: Ledger) => void;
}

/** Where every history begins. */
const START = 0;

/**
 * A request repeats the history, and most calls of this API have no id to know them by. What tells them apart is what
 * came before: the calls and results of all histories form a tree, and each answer with calls opens the place behind
 * them. A request whose history leads through an open place goes on from there; what it has behind it is new.
 *
 * @param key what a text is known by when it comes again
 */
export function openGeminiExchanges(
  leave: (kind: string) => void,
  key: Keeping["key"],
): GeminiExchanges {
  const children = new Map<string, number>();
  const open = new Map<number, number>();
  const calls = new Set<string>();
  let places = START;

  const step = (from: number, name: string) => `${from} ${key(name)}`;
  const goTo = (from: number, name: string): number => {
    const edge = step(from, name);
    const known = children.get(edge);
    if (known !== undefined) return known;
    children.set(edge, ++places);
    return places;
  };

  /** How many of the parts, each with its name, are known from earlier exchanges. */
  function knownOf(names: readonly string[]): number {
    let place = START;
    let repeated = 0;
    let resumed: { readonly place: number; readonly length: number } | undefined;
    for (const [i, name] of names.entries()) {
      const next = children.get(step(place, name));
      if (next === undefined) break;
      place = next;
      repeated = i + 1;
      if ((open.get(place) ?? 0) > 0) resumed = { place, length: repeated };
    }
    if (resumed === undefined) return repeated;
    open.set(resumed.place, open.get(resumed.place)! - 1);
    return resumed.length;
  }

  return {
    request(contents, { position, time }, ledger) {
      const acts = contents.flatMap(partsOf).flatMap((part) => actOf(part) ?? []);
      const known = knownOf(acts.map(({ name }) => name));
      for (let i = 0; i < known; i++) leave("call or answer that a request repeats");
      let place = START;
      let at = 0;
      contents.forEach((content, i) => {
        const where = `${position}, request content ${i + 1}`;
        if (!isJsonObject(content)) return ledger.leaveOut(where, content, "no JSON object");
        const parts = partsOf(content).filter((part) => {
          const act = actOf(part);
          if (act === undefined) return true;
          place = goTo(place, act.name);
          if (at++ < known) return false;
          // A history that was shortened repeats calls behind another beginning.
          if (act.isCall && calls.has(key(act.name))) {
            ledger.foreign(where, "a call in a request, which may repeat an earlier one");
          }
          if (act.isCall) calls.add(key(act.name));
          return true;
        });
        if (parts.length > 0) readContent({ value: { ...content, parts }, position: where, time }, ledger);
      });
      return place;
    },
    response(answers, after, { position, time }, ledger) {
      let place = after;
      const at = `${position}, response`;
      for (const answer of answers) {
        if (!isJsonObject(answer) || !Array.isArray(answer.candidates)) {
          ledger.leaveOut(at, answer, "response without an answer");
          continue;
        }
        readContent({ value: answer, position: at, time }, ledger);
        const first = objectsIn(answer.candidates)[0]?.content;
        for (const part of isJsonObject(first) ? partsOf(first) : []) {
          const act = actOf(part);
          if (act === undefined) continue;
          place = goTo(place, act.name);
          if (act.isCall) calls.add(key(act.name));
        }
      }
      if (place !== after) open.set(place, (open.get(place) ?? 0) + 1);
    },
  };
}

const partsOf = (content: JsonValue) => isJsonObject(content) ? objectsIn(content.parts) : [];
