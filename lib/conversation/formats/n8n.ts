import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { timeIn } from "../messages.ts";
import { readCounted } from "./account_exports.ts";
import { type Element, elementsOf, type FormatReader, itemsOf, objectsIn, readLog } from "./reader.ts";
import { documentIn } from "./span_records.ts";

/** Executions of workflows of n8n, in which agents use other nodes as their tools. */
export const n8n: FormatReader = {
  title: "n8n executions with their data: of its API, downloaded",
  reads:
    "runs of nodes that an agent uses (`ai_tool`) under the name of the node, with input, output and status; else the `intermediateSteps` of agents; one run per execution",
  lost: "all other nodes; executions in which no agent called a tool are counted",
  example:
    '{"id":"1","data":{"resultData":{"runData":{"pay":[{"startTime":1767323045000,"executionStatus":"success","inputOverride":{"ai_tool":[[{"json":{"cents":5}}]]},"data":{"ai_tool":[[{"json":{"response":"ok"}}]]}}]}}}}',
  detect: (values) => values.some((value) => executionsIn({ value, position: "" }).length > 0),
  read: (roots) =>
    readCounted(
      elementsOf(roots).flatMap((element) => {
        const inside = executionsIn(element);
        return inside.length > 0 ? inside : [element];
      }),
      (value) => runDataIn(value) !== undefined,
      ({ value, position }) => {
        const nodes = Object.entries(runDataIn(value)!).flatMap(([node, runs]) =>
          objectsIn(runs).map((run, i) => ({ node, run, i }))
        );
        const tools = nodes.filter(({ run }) => isOfTool(run));
        const own = tools.length > 0 ? tools : nodes.filter(({ run }) => stepsIn(run).length > 0);
        const ordered = own.toSorted((a, b) => byOrder(a.run, b.run));
        const elements = ordered.map(({ node, run, i }) => ({
          value: run,
          position: `node "${node.slice(0, 80)}", run ${i + 1}`,
        }));
        const names = new Map(ordered.map(({ node, run }) => [run, node]));
        return readLog(
          { position, value, elements, about: { timestamp: value.startedAt ?? null }, own: null },
          (message, ledger) => {
            const time = timeIn(message.value, message.position, ledger, ["startTime"]);
            ledger.use(time);
            ledger.nextTurn();
            if (tools.length > 0) {
              readTool(
                names.get(message.value)!,
                message.value,
                message.position,
                time,
                ledger,
              );
            } else readSteps(message.value, message.position, time, ledger);
          },
          (ledger) => ledger.use(),
        );
      },
      "execution",
    ),
};

/** The executions of a page of the API, or the value itself. */
function executionsIn({ value, position }: Element): Element[] {
  if (!isJsonObject(value)) return [];
  if (runDataIn(value) !== undefined) return [{ value, position }];
  const { data } = value;
  return Array.isArray(data) && data.some((one) => isJsonObject(one) && runDataIn(one) !== undefined)
    ? itemsOf(data, `${position}, execution`)
    : [];
}

function runDataIn(value: JsonObject): JsonObject | undefined {
  const data = isJsonObject(value.data) ? value.data : value;
  const { runData } = isJsonObject(data.resultData) ? data.resultData : {};
  return isJsonObject(runData) ? runData : undefined;
}

/** By when a run began; runs in one millisecond have the order that the log counts. */
function byOrder(a: JsonObject, b: JsonObject): number {
  const of = (value: JsonValue | undefined) => typeof value === "number" ? value : 0;
  return of(a.startTime) - of(b.startTime) || of(a.executionIndex) - of(b.executionIndex);
}

const isOfTool = ({ inputOverride, data }: JsonObject) =>
  [inputOverride, data].some((one) => isJsonObject(one) && Array.isArray(one.ai_tool));

/** The items of the first output of a kind. */
function itemsIn(side: JsonValue | undefined, kind: string): JsonValue[] {
  const outputs = isJsonObject(side) && Array.isArray(side[kind]) ? side[kind] : [];
  return outputs.flatMap((items) => objectsIn(items).map(({ json }) => json ?? null));
}

const oneOf = (items: readonly JsonValue[]): JsonValue | undefined =>
  items.length > 1 ? { items: [...items] } : items[0];

function readTool(
  node: string,
  run: JsonObject,
  position: string,
  time: Parameters<Ledger["use"]>[0],
  ledger: Ledger,
): void {
  const index = ledger.call({
    position,
    id: undefined,
    tool: node,
    args: oneOf(itemsIn(run.inputOverride, "ai_tool")),
    time,
  });
  const { executionStatus: status, error } = run;
  const said = isJsonObject(error) ? error.message ?? error : error;
  const content = oneOf(itemsIn(run.data, "ai_tool")) ?? said ?? undefined;
  if (index === undefined || content === undefined) return;
  const failed = status === "error" || (error ?? null) !== null
    ? true
    : status === "success"
    ? false
    : undefined;
  ledger.answerTo(index, { content, failed, time });
}

/** The steps that an agent gives among its output: each an action and what it observed. */
function stepsIn({ data }: JsonObject): JsonObject[] {
  return itemsIn(data, "main").flatMap((json) =>
    objectsIn(isJsonObject(json) ? json.intermediateSteps : undefined)
  )
    .filter(({ action }) => isJsonObject(action));
}

function readSteps(
  run: JsonObject,
  position: string,
  time: Parameters<Ledger["use"]>[0],
  ledger: Ledger,
): void {
  stepsIn(run).forEach(({ action, observation }, i) => {
    const { tool, toolInput, toolCallId } = action as JsonObject;
    const place = `${position}, step ${i + 1}`;
    const index = ledger.call({ position: place, id: toolCallId, tool, args: documentIn(toolInput), time });
    if (index !== undefined && observation !== undefined) {
      ledger.answerTo(index, { content: observation, time });
    }
  });
}
