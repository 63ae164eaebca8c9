import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { readCounted } from "./account_exports.ts";
import { answerReader, isAnswer } from "./answers.ts";
import { type Element, elementsOf, type FormatReader, itemsOf, objectsIn, readLog } from "./reader.ts";
import { documentIn } from "./span_records.ts";

/** Results of evaluations by promptfoo: what a model answered to each test. */
export const promptfoo: FormatReader = {
  title: "promptfoo results: JSON, JSONL, YAML, CSV",
  reads:
    "calls in the `response` of each result: of its `metadata.toolCalls` with their outputs, else in `raw`, else in `output`, also as JSON text; one run per result",
  lost: "what was said, scores; results in which no tool was called are counted; whether a call was run",
  example:
    '{"evalId":"eval-1","results":{"version":3,"results":[{"promptIdx":0,"testIdx":0,"response":{"output":[{"id":"c1","type":"function","function":{"name":"pay","arguments":"{}"}}]}}]}}',
  detect: (values) => values.some((value) => rowsIn({ value, position: "" }).length > 0),
  read: (roots) =>
    readCounted(
      elementsOf(roots).flatMap((element) => {
        const rows = rowsIn(element);
        return rows.length > 0 ? rows : [element];
      }),
      isRow,
      ({ value, position }) => {
        const { response } = value;
        const read = answerReader();
        return readLog(
          {
            position,
            value,
            elements: [{ value: response ?? {}, position }],
            about: value,
            own: response ?? null,
          },
          (message, ledger) => {
            ledger.use(message.time);
            if (readTools(message.value.metadata, message.position, ledger)) return;
            const answers = answersIn(message.value);
            const { output } = message.value;
            if (answers.length === 0 && typeof output === "string" && MENTIONS.test(output)) {
              ledger.foreign(message.position, "an output that mentions calls and is no intact JSON");
            }
            for (const answer of answers) read({ ...message, value: answer }, ledger);
          },
        );
      },
      "result",
    ),
};

/** The results in a file: below two members of one name, in a list, or the value itself. */
function rowsIn({ value, position }: Element): Element[] {
  if (!isJsonObject(value)) return [];
  if (isRow(value)) return [{ value, position }];
  const holder = isJsonObject(value.results) ? value.results.results : value.results;
  return Array.isArray(holder) && holder.some((row) => isJsonObject(row) && isRow(row))
    ? itemsOf(holder, "result")
    : [];
}

function isRow(value: JsonObject): boolean {
  return Object.hasOwn(value, "promptIdx") && Object.hasOwn(value, "testIdx") ||
    isJsonObject(value.testCase) && Object.hasOwn(value, "gradingResult");
}

/** Calls that an agent made by itself, with what they gave. */
function readTools(metadata: JsonValue | undefined, position: string, ledger: Ledger): boolean {
  const calls = isJsonObject(metadata) ? objectsIn(metadata.toolCalls) : [];
  calls.forEach((call, i) => {
    const { id, name, input, output, is_error: isError } = call;
    const place = `${position}, tool call ${i + 1}`;
    const args = input ?? call.arguments ?? call.args;
    const index = ledger.call({ position: place, id, tool: name, args });
    const content = output ?? call.result;
    if (index === undefined || content === undefined || content === null) return;
    ledger.answerTo(index, { content, failed: typeof isError === "boolean" ? isError : undefined });
  });
  return calls.length > 0;
}

/** What the model answered, as answers of its API or messages in their form. */
function answersIn({ raw, output }: JsonObject): JsonObject[] {
  const whole = documentIn(raw);
  if (isJsonObject(whole) && isAnswer(whole)) return [whole];
  const given = documentIn(output);
  if (isJsonObject(given)) return [isAnswer(given) ? given : asMessage([given])];
  if (Array.isArray(given)) return [asMessage(objectsIn(given))];
  if (typeof given !== "string") return [];
  // Blocks of the Messages API are written one by one into a text.
  const blocks = given.split("\n\n").filter((part) => part.startsWith('{"type":"tool_use"')).map(documentIn);
  return blocks.length === 0 ? [] : [asMessage(blocks.filter(isJsonObject))];
}

/** Members of calls, in a text that can't be read. */
const MENTIONS = /^\s{0,8}[[{][^]*"(?:tool_calls?|function_call|tool_use|tool_use_id|call_id)"/;

function asMessage(parts: readonly JsonObject[]): JsonObject {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && (only.tool_calls ?? only.function_call ?? null) !== null) {
    return { role: "assistant", ...only };
  }
  if (parts.some(({ type }) => type === "tool_use")) return { role: "assistant", content: [...parts] };
  if (parts.some(({ function: named }) => isJsonObject(named))) {
    return { role: "assistant", tool_calls: [...parts] };
  }
  return { object: "response", output: [...parts] };
}
