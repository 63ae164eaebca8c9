import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { type Message, timeIn } from "../messages.ts";
import { isNonEmpty } from "../payload.ts";
import { actionOf, callsIn } from "./bedrock_agent_calls.ts";
import { flowExecutions, flowKindOf, flowParts, isFlowEvent, lambdaIn, traceInFlow } from "./bedrock_flow.ts";
import { sessionLines } from "./grouped.ts";
import { readValues } from "./lines.ts";
import type { Keeping } from "../keeping.ts";
import { type Element, type FormatReader, objectsIn, textIn } from "./reader.ts";

/** Events that an agent of Amazon Bedrock streams (`invoke_agent`, `invoke_inline_agent`), with its trace. */
export const bedrockAgent: FormatReader = {
  title: "Amazon Bedrock Agents: events of `invoke_agent` and `invoke_flow` with their traces",
  reads:
    "`invocationInput` and `observation` of traces: action groups as `group__function`, knowledge bases, the code interpreter, collaborators under their names; `returnControl`; of flows the traces of their agents, and actions of Lambda nodes under the names of the nodes; one run per session or execution of a flow",
  lost: "what was said, prompts and answers of the models, guardrails; all other events are counted",
  example:
    '{"trace":{"sessionId":"s","trace":{"orchestrationTrace":{"invocationInput":{"traceId":"t-0","invocationType":"ACTION_GROUP","actionGroupInvocationInput":{"actionGroupName":"bank","function":"pay","parameters":[{"name":"cents","type":"integer","value":"5"}]}}}}}}',
  detect: (values) =>
    values.some((value) => {
      if (isFlowEvent(value)) return true;
      const { trace, control } = partsOf(value);
      return trace !== undefined || control !== undefined;
    }),
  read: (roots) => readValues(roots, open),
  byLine: open,
};

function open(keep: Keeping) {
  // An event without a session, such as a chunk of the answer, is of the one before it.
  let session: string | undefined;
  const flowOf = flowExecutions();
  const lines = sessionLines(
    keep,
    "session",
    (value) => session = flowOf(value) ?? sessionOf(value) ?? session,
    (value) => `event "${kindOf(value)}"`,
    openTrace,
  );
  return {
    add: (element: Element) => flowParts(element).forEach(lines.add),
    end: lines.end,
  };
}

const TRACES = /^[a-zA-Z]{1,40}Trace$/;

/** The trace in an event, whatever the SDK put around it, and the control that it returns. */
function partsOf(value: JsonValue) {
  const levels = [traceInFlow(value) ?? value];
  for (let i = 0; i < 2; i++) {
    const last = levels.at(-1);
    if (isJsonObject(last) && isJsonObject(last.trace)) levels.push(last.trace);
  }
  const trace = levels.findLast((one): one is JsonObject =>
    isJsonObject(one) && Object.keys(one).some((name) => TRACES.test(name) && isJsonObject(one[name]))
  );
  const control = isJsonObject(value) && isJsonObject(value.returnControl) &&
      Array.isArray(value.returnControl.invocationInputs)
    ? value.returnControl
    : undefined;
  return {
    trace: trace !== undefined && STEPS.some((name) => isJsonObject(trace[name])) ? trace : undefined,
    control,
    levels,
  };
}

/** The traces of an agent; others with such a name are of other programs. */
const STEPS = [
  "orchestrationTrace",
  "routingClassifierTrace",
  "preProcessingTrace",
  "postProcessingTrace",
  "customOrchestrationTrace",
  "guardrailTrace",
  "failureTrace",
];

function sessionOf(value: JsonValue): string | undefined {
  return partsOf(value).levels.map((one) => isJsonObject(one) ? textIn(one.sessionId) : undefined).find(
    Boolean,
  );
}

function kindOf(value: JsonObject): string {
  const event = flowKindOf(value);
  if (event !== undefined) return event;
  const { trace } = partsOf(value);
  const name = Object.keys(trace ?? value).find((one) => isJsonObject((trace ?? value)[one]));
  return (name ?? "none").slice(0, 80);
}

/** Calls that wait for their observations, by their step and kind, in order. */
class Waiting {
  readonly #calls = new Map<string, { readonly list: number[]; next: number }>();

  add(step: string, kind: string, call: number): void {
    const key = `${kind} ${step}`;
    const open = this.#calls.get(key);
    if (open === undefined) this.#calls.set(key, { list: [call], next: 0 });
    else open.list.push(call);
  }

  /** The earliest call of a step that waits, of a kind if one is given. */
  take(step: string, kind?: string): number | undefined {
    const kinds = kind === undefined ? OUTPUTS.map(([name]) => name) : [kind];
    const open = kinds.flatMap((name) => {
      const one = this.#calls.get(`${name} ${step}`);
      return one === undefined || one.next >= one.list.length ? [] : [one];
    });
    const first = open.toSorted((a, b) => a.list[a.next]! - b.list[b.next]!)[0];
    return first?.list[first.next++];
  }
}

function openTrace(): (event: Message, ledger: Ledger) => boolean {
  const waiting = new Waiting();
  const returned = new Map<string, number>();

  function begin(step: JsonObject, { position, time }: Message, ledger: Ledger): void {
    const id = textIn(step.traceId);
    for (const { kind, tool, args, own } of callsIn(step)) {
      const call = ledger.call({ position, id: own ?? id, tool, args, time });
      if (own !== undefined) returned.set(own, (returned.get(own) ?? 0) + 1);
      if (call !== undefined) waiting.add(id ?? "", kind, call);
    }
  }

  function observe(step: JsonObject, { position, time }: Message, ledger: Ledger): boolean {
    const id = textIn(step.traceId);
    let isRead = false;
    for (const [kind, member] of OUTPUTS) {
      const output = step[member];
      if (!isJsonObject(output)) continue;
      isRead = true;
      const call = waiting.take(id ?? "", kind);
      if (call === undefined) ledger.skip(position, `answer of ${kind}, whose call is not there`);
      else ledger.answerTo(call, { ...answerOf(kind, output), time });
    }
    const { repromptResponse: again } = step;
    if (isJsonObject(again)) {
      // The agent could not use what the model wrote, or what came of it.
      const call = waiting.take(id ?? "");
      if (call !== undefined) ledger.answerTo(call, { content: again.text, failed: true, time });
      isRead ||= call !== undefined;
    }
    return isRead;
  }

  return (event, ledger) => {
    const { trace, control } = partsOf(event.value);
    const time = event.time ??
      partsOf(event.value).levels.map((one) =>
        isJsonObject(one) ? timeIn(one, event.position, ledger, ["eventTime"]) : undefined
      ).find((one) => one !== undefined);
    const message = { ...event, time };
    ledger.use(time);
    let isRead = false;
    for (const name of ["orchestrationTrace", "routingClassifierTrace"]) {
      const step = trace?.[name];
      if (!isJsonObject(step)) continue;
      ledger.nextTurn();
      if (isJsonObject(step.invocationInput)) {
        begin(step.invocationInput, message, ledger);
        isRead = true;
      }
      if (isJsonObject(step.observation)) isRead = observe(step.observation, message, ledger) || isRead;
    }
    const failure = trace?.failureTrace;
    if (isJsonObject(failure)) {
      const call = waiting.take(textIn(failure.traceId) ?? "");
      if (call !== undefined) {
        ledger.answerTo(call, { content: failure.failureReason ?? failure, failed: true, time });
        isRead = true;
      }
    }
    if (control !== undefined) {
      isRead = true;
      // The trace before it has the same calls.
      const id = textIn(control.invocationId);
      for (const input of objectsIn(control.invocationInputs)) {
        const known = id === undefined ? 0 : returned.get(id) ?? 0;
        if (known > 0) returned.set(id!, known - 1);
        else {
          const asked = input.functionInvocationInput ?? input.apiInvocationInput;
          if (!isJsonObject(asked)) ledger.foreign(event.position, "an invocation of no known kind");
          else ledger.call({ position: event.position, id, ...actionOf(asked), time });
        }
      }
    }
    const action = lambdaIn(event.value);
    if (action !== undefined) {
      const at = timeIn(action.about, event.position, ledger, ["timestamp"]) ?? time;
      const call = ledger.call({ position: event.position, ...action.call, time: at });
      if (call !== undefined && action.response !== undefined) {
        ledger.answerTo(call, { content: action.response, failed: undefined, time: at });
      }
      return true;
    }
    if (!isRead && trace === undefined && !isFlowEvent(event.value)) {
      const { chunk, files } = event.value;
      if (!isNonEmpty(chunk) && !isNonEmpty(files)) ledger.leaveOut(event.position, event.value, "no event");
    }
    return isRead;
  };
}

const OUTPUTS = [
  ["action", "actionGroupInvocationOutput"],
  ["knowledge base", "knowledgeBaseLookupOutput"],
  ["code", "codeInterpreterInvocationOutput"],
  ["collaborator", "agentCollaboratorInvocationOutput"],
] as const;

function answerOf(
  kind: string,
  output: JsonObject,
): { content: JsonValue | undefined; failed: boolean | undefined } {
  const { metadata: _, ...rest } = output;
  if (kind === "action") return { content: output.text ?? canonicalize(rest), failed: undefined };
  if (kind === "code") {
    const { executionError: error, executionTimeout: timeout, executionOutput: text } = output;
    const failed = isNonEmpty(error) || timeout === true;
    return { content: failed ? rest : text ?? rest, failed };
  }
  const inner = kind === "collaborator" && isJsonObject(output.output) ? output.output.text : undefined;
  return { content: inner ?? rest, failed: undefined };
}
