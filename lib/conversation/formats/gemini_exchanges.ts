import { isJsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { actOf, readContent } from "./gemini.ts";
import { HistoryTree } from "./history_tree.ts";
import { objectsIn } from "./reader.ts";

type Place = Pick<Message, "position" | "time">;

/** Reads requests to the Gemini API and their responses in a row. */
export interface GeminiExchanges {
  /** @returns where the history of the request ends */
  readonly request: (contents: readonly JsonValue[], place: Place, ledger: Ledger) => number;
  readonly response: (answers: readonly JsonValue[], after: number, place: Place, ledger: Ledger) => void;
}

/**
 * A request repeats the history, and most calls of this API have no id to know them by.
 *
 * @param key what a text is known by when it comes again
 */
export function openGeminiExchanges(
  leave: (kind: string) => void,
  key: Keeping["key"],
): GeminiExchanges {
  const tree = new HistoryTree(key);
  return {
    request(contents, { position, time }, ledger) {
      const acts = contents.flatMap(partsOf).flatMap((part) => actOf(part) ?? []);
      const known = tree.knownOf(acts.map(({ name }) => name));
      for (let i = 0; i < known; i++) leave("call or answer that a request repeats");
      let place = tree.start;
      let at = 0;
      contents.forEach((content, i) => {
        const where = `${position}, request content ${i + 1}`;
        if (!isJsonObject(content)) return ledger.leaveOut(where, content, "no JSON object");
        const parts = partsOf(content).filter((part) => {
          const act = actOf(part);
          if (act === undefined) return true;
          place = tree.goTo(place, act.name);
          if (at++ < known) return false;
          // A history that was shortened repeats calls behind another beginning.
          if (act.isCall && tree.note(act.name)) {
            ledger.foreign(where, "a call in a request, which may repeat an earlier one");
          }
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
          place = tree.goTo(place, act.name);
          if (act.isCall) tree.note(act.name);
        }
      }
      if (place !== after) tree.open(place);
    },
  };
}

const partsOf = (content: JsonValue) => isJsonObject(content) ? objectsIn(content.parts) : [];
