import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import { type Ledger, openCalls } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { HistoryTree } from "./history_tree.ts";
import { objectsIn } from "./reader.ts";

type Place = Pick<Message, "position" | "time">;

/** A call or a result in a history: its name is the same whenever a history repeats it. */
interface Act {
  readonly isCall: boolean;
  readonly name: string;
  /** The tool and arguments of the call. */
  readonly what: string;
  readonly value: JsonObject;
  readonly position: string;
}

/** Reads histories of Cohere's Chat API and the answers to them: a call is known by what came before it. */
export interface CohereHistory {
  /** A message of a log that is one history. */
  readonly message: (message: JsonObject, place: Place, ledger: Ledger) => void;
  /** A history that may repeat earlier ones. */
  readonly request: (messages: readonly JsonObject[], place: Place, ledger: Ledger) => void;
  /** The calls of an answer to the last history. */
  readonly response: (calls: readonly JsonObject[], place: Place, ledger: Ledger) => void;
}

/**
 * @param leave counts what is passed over
 * @param key what a text is known by when it comes again
 */
export function openCohereHistory(leave: (kind: string) => void, key: Keeping["key"]): CohereHistory {
  const tree = new HistoryTree(key);
  /** The calls at each place of the tree, of which a result answers the first that has none. */
  const callsAt = new Map<number, number[]>();
  const answered = new Set<number>();
  let place = tree.start;
  /** Calls of the history that is being read which have no result in it yet, by tool and arguments. */
  let waiting = openCalls();
  let turn = 0;

  function call({ value, what, position }: Act, at: number, time: Place["time"], ledger: Ledger): void {
    const index = ledger.call({
      position,
      id: undefined,
      tool: value.name,
      args: value.parameters ?? {},
      time,
    });
    if (index === undefined) return;
    const there = callsAt.get(at);
    if (there === undefined) callsAt.set(at, [index]);
    else there.push(index);
    waiting.add(what, index, turn);
  }

  function result({ value, what, position }: Act, time: Place["time"], ledger: Ledger): void {
    const index = waiting.take(what);
    if (index === undefined) {
      return ledger.skip(position, "result of a call that is not there, or has one already");
    }
    answered.add(index);
    ledger.answerTo(index, { content: contentOf(value.outputs), failed: undefined, time });
  }

  return {
    message(message, { position, time }, ledger) {
      turn++;
      for (const act of actsOf(message, position, ledger)) {
        place = tree.goTo(place, act.name);
        if (act.isCall) call(act, place, time, ledger);
        else result(act, time, ledger);
      }
    },
    request(messages, { position, time }, ledger) {
      const acts = messages.flatMap((message, i) =>
        actsOf(message, `${position}, history ${i + 1}`, ledger).map((act) => ({ ...act, at: i }))
      );
      const known = tree.knownOf(acts.map(({ name }) => name));
      place = tree.start;
      waiting = openCalls();
      acts.forEach((act, i) => {
        turn = act.at;
        place = tree.goTo(place, act.name);
        if (i >= known) {
          if (!act.isCall) return result(act, time, ledger);
          // A history that was shortened repeats calls behind another beginning.
          if (tree.note(act.name)) {
            ledger.foreign(act.position, "a call in a history, which may repeat an earlier one");
          }
          return call(act, place, undefined, ledger);
        }
        leave("call or result that a history repeats");
        if (!act.isCall) return void waiting.take(act.what);
        const there = callsAt.get(place) ?? [];
        const index = there.find((one) => !answered.has(one)) ?? there.at(-1);
        if (index !== undefined) waiting.add(act.what, index, turn);
      });
    },
    response(calls, { position, time }, ledger) {
      turn++;
      const before = place;
      for (const act of actsOf({ role: "CHATBOT", tool_calls: [...calls] }, position, ledger)) {
        place = tree.goTo(place, act.name);
        tree.note(act.name);
        call(act, place, time, ledger);
      }
      if (place !== before) tree.open(place);
    },
  };
}

function actsOf(message: JsonObject, position: string, ledger: Ledger): Act[] {
  const { tool_calls: calls, tool_results: results } = message;
  const asked = objectsIn(calls).map((value, i): Act => {
    const what = whatOf(value);
    return {
      isCall: true,
      name: canonicalize([true, what]),
      what,
      value,
      position: `${position}, call ${i + 1}`,
    };
  });
  const given = objectsIn(results).flatMap((value, i): Act[] => {
    const at = `${position}, result ${i + 1}`;
    if (!isJsonObject(value.call)) {
      ledger.leaveOut(at, value, "result that names no call");
      return [];
    }
    const what = whatOf(value.call);
    return [{
      isCall: false,
      name: canonicalize([false, what, value.outputs ?? null]),
      what,
      value,
      position: at,
    }];
  });
  return [...asked, ...given];
}

const whatOf = ({ name, parameters }: JsonObject) => canonicalize([name ?? null, parameters ?? {}]);

/** The outputs of a call are a list, which mostly has one. */
const contentOf = (outputs: JsonValue | undefined) =>
  Array.isArray(outputs) && outputs.length === 1 ? outputs[0] : outputs;
