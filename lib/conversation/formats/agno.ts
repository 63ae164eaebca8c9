import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { openAiReader } from "../openai.ts";
import {
  type Element,
  elementsOf,
  type FormatReader,
  itemsOf,
  objectsIn,
  readLog,
  textIn,
} from "./reader.ts";
import { documentIn } from "./span_records.ts";

/** Runs of Agno's agents and teams, as its databases keep them and `to_dict()` gives them. */
export const agno: FormatReader = {
  title: "Agno: runs of agents and teams, sessions, rows of its databases as JSON",
  reads:
    "`tool_calls` and messages of role `tool` of each run and of its members' runs, and `tools` that its messages do not have; one run per session",
  lost: "what was said; messages that a later run repeats are counted",
  example:
    '{"run_id":"r","agent_id":"a","session_id":"s","messages":[{"role":"assistant","from_history":false,"tool_calls":[{"id":"c1","type":"function","function":{"name":"pay","arguments":"{}"}}]}]}',
  detect: (values) => values.some((value) => runsIn({ value, position: "" }).length > 0),
  read(roots) {
    const runs = inOrder(
      elementsOf(roots).flatMap((element) => {
        const found = runsIn(element);
        return found.length > 0 ? found : [element];
      }),
    );
    const sessions = Map.groupBy(
      runs,
      ({ value }) => isJsonObject(value) ? textIn(value.session_id) ?? "" : "",
    );
    return {
      readings: Array.from(
        sessions,
        ([id, parts]) => readSession(`session ${id.slice(0, 80)}`.trim(), parts),
      ),
      skipped: [],
    };
  },
};

function readSession(position: string, runs: readonly Element[]) {
  const seen = new Set<JsonValue>();
  let repeated = 0;
  const elements = runs.flatMap(({ value, position: place }) => {
    if (!isRun(value)) return [{ value, position: place }];
    const messages = itemsOf(Array.isArray(value.messages) ? value.messages : [], `${place}, message`);
    return [...messages, ...onlyInTools(value, messages, place)].filter(({ value: message }) => {
      // A run that was continued, and one that its team holds too, have their messages again.
      const isKept = isNew(seen, isJsonObject(message) ? message.id : undefined);
      if (!isKept) repeated++;
      return isKept;
    });
  });
  return readLog(
    { position, value: runs.map(({ value }) => value), elements },
    openAiReader(),
    (ledger) => {
      if (repeated > 0) ledger.skip(position, `${repeated} × message that is there already`);
    },
  );
}

/** Whether something without an id, or with one that was not met, is new. */
function isNew(seen: Set<JsonValue>, id: JsonValue | undefined): boolean {
  if (typeof id !== "string") return true;
  const known = seen.has(id);
  seen.add(id);
  return !known;
}

/** The runs in a value: itself and those of its members, those of a session, that of a row of a database. */
function runsIn({ value, position }: Element): Element[] {
  if (!isJsonObject(value)) return [];
  const stored = documentIn(value.run_data);
  if (isJsonObject(stored) && textIn(value.run_id) !== undefined) return runsIn({ value: stored, position });
  const runs = documentIn(value.runs);
  if (Array.isArray(runs) && textIn(value.session_id) !== undefined) {
    return itemsOf(runs, `${position}, run`).flatMap(runsIn);
  }
  if (!isRun(value)) return [];
  const members = itemsOf(objectsIn(value.member_responses), `${position}, member`);
  return [{ value, position }, ...members.flatMap(runsIn)];
}

const isRun = (value: JsonValue): value is JsonObject =>
  isJsonObject(value) && textIn(value.run_id) !== undefined &&
  (textIn(value.agent_id) ?? textIn(value.team_id)) !== undefined &&
  (Array.isArray(value.messages) || Array.isArray(value.tools));

/** The runs with those of members behind the run that asked for them, which a session stores after them. */
function inOrder(runs: readonly Element[]): Element[] {
  const idOf = ({ value }: Element, member: "run_id" | "parent_run_id") =>
    isJsonObject(value) ? textIn(value[member]) : undefined;
  const ids = new Set(runs.map((run) => idOf(run, "run_id")));
  const isChild = (run: Element) => {
    const parent = idOf(run, "parent_run_id");
    return parent !== undefined && parent !== idOf(run, "run_id") && ids.has(parent);
  };
  const children = Map.groupBy(runs.filter(isChild), (run) => idOf(run, "parent_run_id"));
  const placed = new Set<Element>();
  // Without recursion: the length of a chain of members is up to whoever wrote the log. Runs whose parents stand in a
  // circle are at the end.
  const open = [...runs.filter((run) => !isChild(run)), ...runs].reverse();
  for (let run = open.pop(); run !== undefined; run = open.pop()) {
    if (placed.has(run)) continue;
    placed.add(run);
    for (const child of (children.get(idOf(run, "run_id")) ?? []).toReversed()) open.push(child);
  }
  return [...placed];
}

/** Calls and results that stand in the list of tools alone, as messages: a database may leave those of tools out. */
function onlyInTools(run: JsonObject, messages: readonly Element[], position: string): Element[] {
  const list = messages.flatMap(({ value }) => isJsonObject(value) ? [value] : []);
  const called = new Set(list.flatMap(({ tool_calls: calls }) => objectsIn(calls).map(({ id }) => id)));
  const answered = new Set(list.flatMap(({ role, tool_call_id: id }) => role === "tool" ? [id] : []));
  return objectsIn(run.tools).flatMap((tool, i) => {
    const { tool_call_id: id = null, tool_name: name = null, tool_args: args, result = null } = tool;
    const place = `${position}, tool ${i + 1}`;
    const about = tool.created_at === undefined ? {} : { created_at: tool.created_at };
    const call = { id, type: "function", function: { name, arguments: args ?? {} } };
    const key = typeof id === "string" ? `${asText(run.run_id)} ${id}` : undefined;
    const named = (kind: string) => key === undefined ? about : { ...about, id: `${key} ${kind}` };
    const asked: JsonObject = { role: "assistant", tool_calls: [call], ...named("call") };
    const failed = tool.tool_call_error ?? null;
    const answer: JsonObject = {
      role: "tool",
      tool_call_id: id,
      name,
      content: result,
      tool_call_error: failed,
      ...named("result"),
    };
    const isDone = result !== null || failed === true;
    return [
      ...called.has(id) ? [] : [{ value: asked, position: place }],
      ...answered.has(id) || !isDone ? [] : [{ value: answer, position: place }],
    ];
  });
}
