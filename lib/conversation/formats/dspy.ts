import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { type Element, elementsOf, type FormatReader, readLog } from "./reader.ts";

/** Trajectories of DSPy's ReAct, in which each step has members with its number. */
export const dspy: FormatReader = {
  title: "DSPy: trajectories of ReAct, bare or in a prediction",
  reads: "`tool_name_N` and `tool_args_N` with `observation_N`; one run per trajectory",
  lost: "thoughts; `finish`, which calls no tool",
  example:
    '{"trajectory":{"thought_0":"t","tool_name_0":"pay","tool_args_0":{"cents":5},"observation_0":"ok"}}',
  detect: (values) => values.some((value) => trajectoryIn(value) !== undefined),
  read: (roots) => ({
    readings: elementsOf(roots).map(({ value, position }) => {
      const trajectory = trajectoryIn(value);
      const elements = trajectory === undefined ? [{ value, position }] : stepsOf(trajectory, position);
      const end = (ledger: Ledger) => {
        const first = trajectory === undefined ? 0 : firstStep(trajectory);
        if (first > 0) {
          ledger.skip(position, `${first} × step that DSPy dropped, because the context was full`);
        }
      };
      return readLog({ position, value, elements }, trajectory === undefined ? readOther : readStep, end);
    }),
    skipped: [],
  }),
};

function trajectoryIn(value: JsonValue): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  return [value.trajectory, value].find((one): one is JsonObject =>
    isJsonObject(one) && Object.keys(one).some((name) => NAME.test(name))
  );
}

const NAME = /^tool_name_\d{1,9}$/;

const numbersIn = (trajectory: JsonObject) =>
  Object.keys(trajectory).filter((name) => NAME.test(name)).map((name) =>
    Number(name.slice("tool_name_".length))
  )
    .toSorted((a, b) => a - b);

/** The number of the first step that is left. */
const firstStep = (trajectory: JsonObject) => numbersIn(trajectory)[0] ?? 0;

function stepsOf(trajectory: JsonObject, position: string): Element[] {
  return numbersIn(trajectory).map((n) => ({
    position: `${position}, step ${n + 1}`,
    value: {
      tool: trajectory[`tool_name_${n}`]!,
      args: trajectory[`tool_args_${n}`] ?? null,
      observation: trajectory[`observation_${n}`] ?? null,
    },
  }));
}

/** DSPy writes an exception behind these words, older versions behind the second ones, where a tool gave nothing. */
const isFailure = (observation: JsonValue, tool: JsonValue | undefined) =>
  typeof observation === "string" &&
  (observation.startsWith(`Execution error in ${asText(tool)}: `) ||
    observation.startsWith("Failed to execute: "));

function readStep({ value: { tool, args, observation }, position }: Message, ledger: Ledger): void {
  ledger.use();
  if (tool === "finish") return;
  const call = ledger.call({ position, id: undefined, tool, args: args ?? {} });
  if (call === undefined || observation === undefined || observation === null) return;
  ledger.answerTo(call, { content: observation, failed: isFailure(observation, tool) ? true : undefined });
}

function readOther({ value, position }: Message, ledger: Ledger): void {
  ledger.leaveOut(position, value, "no trajectory");
}
