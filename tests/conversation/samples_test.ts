/** What real libraries wrote (testdata/import) comes in whole: each call once, with its result and how it ended. */
import assert from "node:assert/strict";
import { detectFormat, READERS } from "../../lib/conversation/formats/table.ts";
import { readRoots } from "../../lib/conversation/input.ts";
import { readYamlRoots } from "../../lib/conversation/yaml_log.ts";
import type { Format } from "../../lib/conversation/transcript.ts";
import {
  asText,
  canonicalize,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../lib/formats/json/mod.ts";

const folder = new URL("../../testdata/import/", import.meta.url);

/** The format of a file, and what it lacks: `answers`, where it holds calls alone; `ids`, where calls have none. */
interface Sample {
  readonly format: Format;
  readonly lacks?: readonly ("answers" | "ids" | "names of arguments")[];
  /** Tools are named behind that of their group, and arguments are texts. */
  readonly group?: string;
}

const answersOnly = { format: "answers", lacks: ["answers"] } as const;
/** OpenInference keeps the only argument of a LangChain tool without its name. */
const openInference = { lacks: ["names of arguments"] } as const;

const SAMPLES: Readonly<Record<string, Sample>> = {
  "ai-js/model_messages.json": { format: "vercel" },
  "ai-js/steps.json": { format: "vercel" },
  "ai-js/traces.json": { format: "otel" },
  "ai-js/traces.pb": { format: "otel" },
  "ai-js/ui_messages.json": { format: "vercel" },
  "ai-js/ui_stream.sse": { format: "vercel" },
  "anthropic/answers.jsonl": answersOnly,
  "anthropic/events.jsonl": answersOnly,
  "anthropic/messages.json": { format: "anthropic" },
  "arize-phoenix/spans_dataframe.csv": { format: "phoenix", ...openInference },
  "arize-phoenix/spans_dataframe.jsonl": { format: "phoenix", ...openInference },
  "arize-phoenix/spans_otlp.json": { format: "phoenix", ...openInference },
  "arize-phoenix/spans_rest.json": { format: "phoenix", ...openInference },
  "autogen-agentchat/chat_history.json": { format: "openai" },
  "autogen-agentchat/chat_messages.json": { format: "openai" },
  "autogen-agentchat/messages.jsonl": { format: "autogen" },
  "autogen-agentchat/state.json": { format: "autogen" },
  "autogen-agentchat/task_result.json": { format: "autogen" },
  "camel-ai/info.json": { format: "camel" },
  "camel-ai/memory.json": { format: "camel" },
  "camel-ai/records.json": { format: "camel" },
  "boto3/answers.jsonl": { format: "bedrock", lacks: ["answers"] },
  "boto3/agent_events.jsonl": { format: "bedrock-agent", group: "refunds" },
  "boto3/flow_events.jsonl": { format: "bedrock-agent", group: "refunds" },
  "boto3/inline_agent_events.json": { format: "bedrock-agent", group: "refunds" },
  "boto3/messages.json": { format: "bedrock" },
  "cohere/answers.jsonl": { format: "cohere", lacks: ["ids"] },
  "cohere/chat_history.json": { format: "cohere", lacks: ["ids"] },
  "cohere/events.jsonl": { format: "cohere", lacks: ["ids"] },
  "crewai/events.jsonl": { format: "crewai", lacks: ["ids"] },
  "crewai/task_output.json": { format: "openai" },
  "google-adk/events.jsonl": { format: "gemini" },
  "google-adk/session_by_alias.json": { format: "gemini" },
  "google-adk/traces.json": { format: "otel" },
  "google-adk/traces.pb": { format: "otel" },
  "google-genai/answers.jsonl": { format: "gemini", lacks: ["answers"] },
  "google-genai/answers_by_alias.jsonl": { format: "gemini", lacks: ["answers"] },
  "google-genai/contents.json": { format: "gemini" },
  "google-genai/contents_by_alias.json": { format: "gemini" },
  "google-genai/interaction_events.jsonl": { format: "gemini-interactions" },
  "google-genai/interactions.jsonl": { format: "gemini-interactions" },
  "google-genai/live_messages.jsonl": { format: "gemini-live" },
  "google-genai/live_wire.jsonl": { format: "gemini-live" },
  "groq/answers.jsonl": answersOnly,
  "groq/messages.json": { format: "openai" },
  "haystack-ai/as_dataclasses.json": { format: "haystack" },
  "haystack-ai/messages.json": { format: "haystack" },
  "haystack-ai/openai_messages.json": { format: "openai" },
  "haystack-ai/pipeline.json": { format: "haystack" },
  "langchain/dumpd.json": { format: "langchain" },
  "langchain/messages_to_dict.json": { format: "langchain" },
  "langchain/model_dump.json": { format: "langchain" },
  "langchain/state_dumpd.json": { format: "langchain" },
  "langfuse/traces.json": { format: "otel" },
  "langsmith/runs.jsonl": { format: "langsmith" },
  "langsmith/runs_api.json": { format: "langsmith" },
  "llama-index-core/chat_response.json": { format: "llama-index-response", lacks: ["ids"] },
  "llama-index-core/events.jsonl": { format: "llama-index-events" },
  "llama-index-core/events_serialized.jsonl": { format: "llama-index-events" },
  "llama-index-core/instrumentation.jsonl": { format: "llama-index-events" },
  "llama-index-core/output.json": { format: "llama-index-events", lacks: ["answers"] },
  "logfire/anthropic_1.json": { format: "otel" },
  "logfire/openai_chat_1.json": { format: "otel" },
  "logfire/openai_chat_latest.json": { format: "otel" },
  "logfire/openai_responses_1.json": { format: "otel" },
  "logfire/records.csv": { format: "logfire" },
  "logfire/records.json": { format: "logfire" },
  "mcp/messages.jsonl": { format: "mcp", lacks: ["ids"] },
  "mistralai/answers.jsonl": answersOnly,
  "mistralai/messages.json": { format: "openai" },
  "openai/chat_answers.jsonl": answersOnly,
  "openai/chat_chunks.jsonl": answersOnly,
  "openai/chat_messages.json": { format: "openai" },
  "openai/responses_answers.jsonl": answersOnly,
  "openai/responses_events.jsonl": answersOnly,
  "openai/responses_items.json": { format: "openai" },
  "openai-agents/input_list.json": { format: "openai" },
  "openai-agents/new_items.json": { format: "openai-agents" },
  "openai-agents/state.json": { format: "openai-agents" },
  "openai-agents/traces.jsonl": { format: "openai-agents", lacks: ["ids"] },
  "openai-agents-js/history.json": { format: "openai" },
  "openai-agents-js/new_items.json": { format: "openai-agents" },
  "openai-agents-js/state.json": { format: "openai-agents" },
  "openinference-instrumentation-langchain/traces.json": { format: "otel", ...openInference },
  "openinference-instrumentation-openai/traces.json": { format: "otel" },
  "openinference-instrumentation-openai/traces.pb": { format: "otel" },
  "opentelemetry-instrumentation-langchain/traces.json": { format: "otel" },
  "opentelemetry-instrumentation-openai/traces.json": { format: "otel" },
  "opentelemetry-instrumentation-openai/traces.pb": { format: "otel" },
  "promptfoo-js/results.csv": { format: "promptfoo", lacks: ["answers"] },
  "promptfoo-js/results.json": { format: "promptfoo", lacks: ["answers"] },
  "promptfoo-js/results.jsonl": { format: "promptfoo", lacks: ["answers"] },
  "promptfoo-js/results.yaml": { format: "promptfoo", lacks: ["answers"] },
  "pydantic-ai-slim/events.jsonl": { format: "pydantic-ai" },
  "pydantic-ai-slim/messages.json": { format: "pydantic-ai" },
  "pydantic-ai-slim/nodes.jsonl": { format: "pydantic-ai" },
  "pydantic-ai-slim/result.json": { format: "pydantic-ai" },
  "pydantic-ai-slim/spans_version_2.json": { format: "otel" },
  "pydantic-ai-slim/traces.json": { format: "otel" },
  "pydantic-ai-slim/traces.pb": { format: "otel" },
  "semantic-kernel/history.json": { format: "semantic-kernel" },
  "semantic-kernel/messages.json": { format: "openai" },
  "smolagents/full_steps.json": { format: "smolagents" },
  "smolagents/result.json": { format: "smolagents" },
  "smolagents/succinct_steps.json": { format: "smolagents" },
  "strands-agents/messages.json": { format: "bedrock" },
  "strands-agents/traces.json": { format: "otel" },
  "strands-agents/traces.pb": { format: "otel" },
};

const files = [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory).flatMap(({ name }) =>
  [...Deno.readDirSync(new URL(`${name}/`, folder))].map((file) => `${name}/${file.name}`)
).filter((path) => !path.endsWith("/made.json")).toSorted();

/** The name of a file without the version of its library. */
const nameOf = (path: string) => path.replace(/-\d[\w.]*\//, "/");

Deno.test("every sample is in the table, and every row has a sample", () => {
  assert.deepEqual(files.map(nameOf).toSorted(), Object.keys(SAMPLES).toSorted());
});

for (const path of files) {
  Deno.test(`${path}: every call once, with its result`, () => {
    const { format, lacks = [], group } = SAMPLES[nameOf(path)]!;
    const bytes = Deno.readFileSync(new URL(path, folder));
    const roots = path.endsWith(".yaml") ? readYamlRoots(bytes, path) : readRoots(bytes, path);
    assert.equal(detectFormat(roots), format);
    const { readings } = READERS[format].read(roots);
    assert.equal(readings.length, 1);
    const { calls, answers } = readings[0]!.transcript;

    const read = calls.map(({ tool, args, id }, i) => {
      const own = answers.filter(({ call }) => call === i);
      assert.equal(own.length, lacks.includes("answers") ? 0 : 1);
      if (!lacks.includes("ids")) assert.match(id ?? "", /^call_[123]$/);
      return { tool, args, status: own[0]?.status };
    });
    const made = JSON.parse(Deno.readTextFileSync(new URL(`${path.split("/")[0]}/made.json`, folder)));
    const expected = (made as [string, JsonObject, string][]).map(([tool, args, status]) => ({
      tool: group === undefined ? tool : `${group}__${tool}`,
      args: group !== undefined
        ? Object.fromEntries(Object.entries(args).map(([name, value]) => [name, asText(value)]))
        : lacks.includes("names of arguments") && Object.keys(args).length === 1
        ? { raw: Object.values(args)[0]! }
        : args,
      status: lacks.includes("answers") ? undefined : status,
    }));
    assert.deepEqual(sorted(read), sorted(expected));
    // What a tool returned is there, in whatever form the library writes it down.
    const paid = answers.find(({ call }) => asText(calls[call]!.args.cents ?? 0) === "250");
    if (!lacks.includes("answers")) assert.match(canonicalize(paid!.result), /paid\W{1,6}250/);
  });
}

const sorted = <T>(list: readonly T[]): T[] => {
  const key = (one: T) => canonicalize(JSON.parse(JSON.stringify(one)) as JsonValue);
  return list.toSorted((a, b) => key(a) < key(b) ? -1 : 1);
};

Deno.test("spans by OTLP's own encoding are read as those of OTLP JSON, to the byte", () => {
  const encoded = files.filter((path) => path.endsWith(".pb"));
  assert.ok(encoded.length > 3);
  for (const path of encoded) {
    const [left, right] = [path, path.replace(/\.pb$/, ".json")].map((name) =>
      readRoots(Deno.readFileSync(new URL(name, folder)), name).values
    ) as [JsonValue[], JsonValue[]];
    assert.ok(isJsonObject(left[0]!));
    assert.equal(canonicalize(left), canonicalize(right));
  }
});
