import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { type Message, timeIn } from "../messages.ts";
import { elementsOf, type FormatReader, itemsOf, objectsIn, readLog } from "./reader.ts";

/** Histories of Browser Use, as `save_history()` writes them. */
export const browserUse: FormatReader = {
  title: "Browser Use: saved histories (`AgentHistory.json`)",
  reads: "`action` of each step under the name of each, with the `result` in its place; one run per history",
  lost:
    "what was thought, the state of the browser; actions behind one that failed, which the agent does not do, and steps without an answer of the model are listed",
  example:
    '{"history":[{"model_output":{"action":[{"click":{"index":1}}]},"result":[{"extracted_content":"Clicked"}],"state":{}}]}',
  detect: (values) => values.some((value) => stepsIn(value).some(isStep)),
  read: (roots) => ({
    readings: elementsOf(roots).map(({ value, position }) => {
      const steps = stepsIn(value);
      const elements = steps.length > 0 ? itemsOf(steps, `${position}, step`) : [{ value, position }];
      return readLog({ position, value, elements }, readStep);
    }),
    skipped: [],
  }),
};

const stepsIn = (value: JsonValue): readonly JsonValue[] =>
  isJsonObject(value) && Array.isArray(value.history) ? value.history : [];

const isStep = (value: JsonValue) =>
  isJsonObject(value) && Array.isArray(value.result) && isJsonObject(value.state) &&
  (value.model_output === null ||
    isJsonObject(value.model_output) && Array.isArray(value.model_output.action));

function readStep({ value, position }: Message, ledger: Ledger): void {
  if (!isStep(value)) return ledger.leaveOut(position, value, "no step that is known");
  const about = isJsonObject(value.metadata) ? value.metadata : {};
  const time = timeIn(about, position, ledger, ["step_start_time"]);
  ledger.use(time);
  const output = value.model_output;
  if (!isJsonObject(output)) return ledger.skip(position, "step without an answer of the model");
  const results = objectsIn(value.result);
  const end = timeIn(about, position, ledger, ["step_end_time"]) ?? time;
  (output.action as JsonValue[]).forEach((action, i) => {
    const place = `${position}, action ${i + 1}`;
    // An action has the one member that is named after it.
    const named = isJsonObject(action)
      ? Object.entries(action).filter(([, args]) => args !== null && args !== undefined)
      : [];
    if (named.length !== 1) return ledger.foreign(place, "an action that does not have one name");
    const [tool, args] = named[0]!;
    const result = results[i];
    // Behind a failure, or a change of the page, the agent does none of the others.
    if (result === undefined && results.length > 0) return ledger.skip(place, `${tool} was not done`);
    const call = ledger.call({ position: place, id: undefined, tool, args, time });
    if (call !== undefined && result !== undefined) {
      ledger.answerTo(call, { ...outcomeOf(result), time: end });
    }
  });
}

/** The outcome of an action; `success` is what the agent says of its whole task. */
function outcomeOf({ error, extracted_content: content }: JsonObject) {
  const isFailed = typeof error === "string" && error !== "";
  return { content: isFailed ? error : content ?? null, failed: isFailed };
}
