import type { JsonObject } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import type { DigestColumn } from "./digest_column.ts";
import type { Digest } from "../signing/mod.ts";

/**
 * The supported formats, in the order in which an input is checked for their marks: one with marks of its own comes
 * before those that share theirs.
 */
export const FORMATS = [
  "otel",
  "otel-logs",
  "phoenix",
  "logfire",
  "langsmith",
  "opik",
  "langfuse",
  "mlflow",
  "braintrust",
  "weave",
  "datadog",
  "cursor",
  "cursor-transcript",
  "hooks",
  "chatgpt",
  "claude-ai",
  "claude-code",
  "codex",
  "gemini-cli",
  "copilot",
  "kimi",
  "opencode",
  "pi",
  "goose",
  "amazon-q",
  "zed",
  "continue",
  "copilot-chat",
  "cline",
  "cline-ui",
  "amp",
  "exchanges",
  "promptfoo",
  "n8n",
  "sharegpt",
  "tau-bench",
  "agentdojo",
  "inspect",
  "mini-swe-agent",
  "swe-agent",
  "smolagents",
  "dspy",
  "browser-use",
  "bfcl",
  "crewai",
  "camel",
  "openai-agents",
  "genkit",
  "agno",
  "agent-framework",
  "llm",
  "assistants",
  "realtime",
  "cohere",
  "answers",
  "gemini-interactions",
  "gemini-live",
  "gemini",
  "bedrock-agent",
  "bedrock",
  "langchain-events",
  "langchain",
  "vercel",
  "autogen",
  "pydantic-ai",
  "letta",
  "letta-file",
  "llama-index-response",
  "llama-index-events",
  "llama-index",
  "haystack",
  "semantic-kernel",
  "ag-ui",
  "acp",
  "mcp",
  "atif",
  "openhands",
  "openai",
  "anthropic",
] as const satisfies readonly Format[];

/** The format of a conversation. */
export type Format =
  | "otel"
  | "otel-logs"
  | "phoenix"
  | "logfire"
  | "langsmith"
  | "opik"
  | "langfuse"
  | "mlflow"
  | "braintrust"
  | "weave"
  | "datadog"
  | "cursor"
  | "cursor-transcript"
  | "hooks"
  | "chatgpt"
  | "claude-ai"
  | "claude-code"
  | "codex"
  | "gemini-cli"
  | "copilot"
  | "kimi"
  | "opencode"
  | "pi"
  | "goose"
  | "amazon-q"
  | "zed"
  | "continue"
  | "copilot-chat"
  | "cline"
  | "cline-ui"
  | "amp"
  | "exchanges"
  | "promptfoo"
  | "n8n"
  | "sharegpt"
  | "tau-bench"
  | "agentdojo"
  | "inspect"
  | "mini-swe-agent"
  | "swe-agent"
  | "smolagents"
  | "dspy"
  | "browser-use"
  | "bfcl"
  | "crewai"
  | "camel"
  | "openai-agents"
  | "genkit"
  | "agno"
  | "agent-framework"
  | "llm"
  | "assistants"
  | "realtime"
  | "cohere"
  | "answers"
  | "gemini-interactions"
  | "gemini-live"
  | "gemini"
  | "bedrock-agent"
  | "bedrock"
  | "langchain-events"
  | "langchain"
  | "vercel"
  | "autogen"
  | "pydantic-ai"
  | "letta"
  | "letta-file"
  | "llama-index-response"
  | "llama-index-events"
  | "llama-index"
  | "haystack"
  | "semantic-kernel"
  | "ag-ui"
  | "acp"
  | "mcp"
  | "atif"
  | "openhands"
  | "openai"
  | "anthropic";

/** A part of the input that was skipped, and why. */
export interface Skipped {
  /** Its position, numbered from 1, e.g. `message 3, call 2`. */
  readonly position: string;
  /** Why. */
  readonly reason: string;
}

/** What is kept of a payload of a long log in the place of its value. */
interface Written {
  readonly digest?: Digest | undefined;
  /** Its canonical text; absent if the runpack does not keep payloads. */
  readonly text?: string | undefined;
}

/** One call of a tool. */
export interface ToolCall extends Written {
  /** Its own id; absent when it has none. */
  readonly id: string | undefined;
  readonly tool: string;
  /** Empty where its digest is there in its place. */
  readonly args: JsonObject;
  /** Whether its arguments were not a JSON object, so that `args` has their text in `raw`. */
  readonly rawArguments: boolean;
  /** Where its arguments come from, as far as the log says so (docs/spec/gate.md 2.3). */
  readonly provenance: readonly JsonObject[];
  readonly time: Rfc3339 | undefined;
}

/** The answer to a call. */
export interface ToolAnswer extends Written {
  /** Index of the call among the calls of its transcript. */
  readonly call: number;
  readonly status: "ok" | "error";
  /** Empty where its digest is there in its place. */
  readonly result: JsonObject;
  readonly time: Rfc3339 | undefined;
}

/** What is written of the payloads of calls, or of answers. */
export interface WrittenPayloads {
  readonly digests: DigestColumn;
  /** Empty unless the runpack will hold payloads. */
  readonly texts: readonly string[];
}

/** The calls and answers of a long log, each member in a list of its own. */
export interface WrittenCalls {
  /** Number of calls. */
  readonly length: number;
  readonly ids: readonly (string | undefined)[];
  readonly tools: readonly string[];
  readonly times: readonly (Rfc3339 | undefined)[];
  readonly args: WrittenPayloads;
  /** Of calls that have some. */
  readonly provenance: ReadonlyMap<number, readonly JsonObject[]>;
  /** The calls whose arguments were not JSON objects. */
  readonly rawArguments: ReadonlySet<number>;
  /** The call that each answer belongs to. */
  readonly answered: readonly number[];
  readonly answerTimes: readonly (Rfc3339 | undefined)[];
  readonly results: WrittenPayloads;
  /** The answers that are errors. */
  readonly errors: ReadonlySet<number>;
  /** A call, or an answer, as an object. */
  call(place: number): ToolCall;
  answer(place: number): ToolAnswer;
}

/** The common form of all formats: the calls of one conversation, in order, and their answers. */
export interface Transcript {
  readonly calls: readonly ToolCall[];
  /** In order of arrival; at most one per call. */
  readonly answers: readonly ToolAnswer[];
  readonly skipped: readonly Skipped[];
  /** When it started and ended, if known. */
  readonly start: Rfc3339 | undefined;
  readonly finish: Rfc3339 | undefined;
  /** The calls and answers of a long log, which are objects only when they are asked for. */
  readonly written?: WrittenCalls | undefined;
}

/** What a transcript has beside its calls and answers. */
export type AroundCalls = Pick<Transcript, "skipped" | "start" | "finish">;

/** How many calls a transcript has; asking a long one for them makes all of them. */
export function countCalls(transcript: Transcript): number {
  return (transcript.written ?? transcript.calls).length;
}
