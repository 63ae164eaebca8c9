import { invalidOption } from "../../errors/mod.ts";
import type { Roots } from "../input.ts";
import { type Format, FORMATS } from "../transcript.ts";
import { copilot, cursor } from "./agent_events.ts";
import { answers } from "./answers.ts";
import { bedrock } from "./bedrock.ts";
import { bfcl } from "./bfcl.ts";
import { crewai } from "./crewai.ts";
import { exchanges } from "./exchanges.ts";
import { inspect } from "./inspect.ts";
import { openaiAgents } from "./openai_agents.ts";
import { miniSweAgent, sweAgent } from "./swe_agent.ts";
import { promptfoo } from "./promptfoo.ts";
import { n8n } from "./n8n.ts";
import { sharegpt } from "./sharegpt.ts";
import { tauBench } from "./tau_bench.ts";
import { codex } from "./codex.ts";
import { gemini } from "./gemini.ts";
import { geminiCli } from "./gemini_cli.ts";
import { goose } from "./goose.ts";
import { autogen, langchain } from "./frameworks.ts";
import { vercel } from "./vercel.ts";
import { mcpLog } from "./mcp_log.ts";
import { atif, openhands } from "./trajectories.ts";
import { claudeCode } from "./claude_code.ts";
import { anthropic, openai, otel } from "./messages_formats.ts";
import { opik } from "./opik.ts";
import { weave } from "./weave.ts";
import { datadog } from "./datadog.ts";
import { langfuse } from "./langfuse.ts";
import { langsmith } from "./langsmith.ts";
import { opencode } from "./opencode.ts";
import { phoenix } from "./phoenix.ts";
import { pi } from "./pi.ts";
import { pydanticAi } from "./pydantic_ai.ts";
import { otelLogs } from "./otel_logs.ts";
import { mlflow } from "./mlflow.ts";
import { braintrust } from "./braintrust.ts";
import { hooks } from "./hooks.ts";
import { chatgpt } from "./chatgpt.ts";
import { claudeAi } from "./claude_ai.ts";
import { amazonQ } from "./amazon_q.ts";
import { zed } from "./zed.ts";
import { continueDev } from "./continue_dev.ts";
import { copilotChat } from "./copilot_chat.ts";
import { cline } from "./cline.ts";
import { clineUi } from "./cline_ui.ts";
import { agentdojo } from "./agentdojo.ts";
import { smolagents } from "./smolagents.ts";
import { assistants } from "./assistants.ts";
import { realtime } from "./realtime.ts";
import { letta } from "./letta.ts";
import { llamaIndex } from "./llama_index.ts";
import { llamaIndexEvents } from "./llama_index_events.ts";
import { haystack } from "./haystack.ts";
import { semanticKernel } from "./semantic_kernel.ts";
import { agUi } from "./ag_ui.ts";
import { acp } from "./acp.ts";
import { genkit } from "./genkit.ts";
import { agno } from "./agno.ts";
import { agentFramework } from "./agent_framework.ts";
import { llmLogs } from "./llm_logs.ts";
import { langchainEvents } from "./langchain_events.ts";
import { lettaFile } from "./letta_file.ts";
import { dspy } from "./dspy.ts";
import { kimi } from "./kimi.ts";
import { browserUse } from "./browser_use.ts";
import { cursorTranscript } from "./cursor_transcript.ts";
import { logfire } from "./logfire.ts";
import { amp } from "./amp.ts";
import { geminiLive } from "./gemini_live.ts";
import { geminiInteractions } from "./gemini_interactions.ts";
import { cohere } from "./cohere.ts";
import { llamaIndexResponse } from "./llama_index_response.ts";
import { bedrockAgent } from "./bedrock_agent.ts";
import { camel } from "./camel.ts";
import type { FormatReader } from "./reader.ts";

/** The reader of each format; `--list-formats`, detection and the list in docs/import.md are derived from it. */
export const READERS: Readonly<Record<Format, FormatReader>> = {
  otel,
  "otel-logs": otelLogs,
  phoenix,
  logfire,
  langsmith,
  opik,
  langfuse,
  mlflow,
  braintrust,
  weave,
  datadog,
  cursor,
  "cursor-transcript": cursorTranscript,
  hooks,
  chatgpt,
  "claude-ai": claudeAi,
  "claude-code": claudeCode,
  codex,
  "gemini-cli": geminiCli,
  copilot,
  kimi,
  opencode,
  pi,
  goose,
  "amazon-q": amazonQ,
  zed,
  continue: continueDev,
  "copilot-chat": copilotChat,
  cline,
  "cline-ui": clineUi,
  amp,
  exchanges,
  promptfoo,
  n8n,
  sharegpt,
  "tau-bench": tauBench,
  agentdojo,
  inspect,
  "mini-swe-agent": miniSweAgent,
  "swe-agent": sweAgent,
  smolagents,
  dspy,
  "browser-use": browserUse,
  bfcl,
  crewai,
  camel,
  "openai-agents": openaiAgents,
  genkit,
  agno,
  "agent-framework": agentFramework,
  llm: llmLogs,
  assistants,
  realtime,
  cohere,
  answers,
  "gemini-interactions": geminiInteractions,
  "gemini-live": geminiLive,
  gemini,
  "bedrock-agent": bedrockAgent,
  bedrock,
  "langchain-events": langchainEvents,
  langchain,
  vercel,
  autogen,
  "pydantic-ai": pydanticAi,
  letta,
  "letta-file": lettaFile,
  "llama-index-response": llamaIndexResponse,
  "llama-index-events": llamaIndexEvents,
  "llama-index": llamaIndex,
  haystack,
  "semantic-kernel": semanticKernel,
  "ag-ui": agUi,
  acp,
  mcp: mcpLog,
  atif,
  openhands,
  openai,
  anthropic,
};

/**
 * As many values show the format of an input. What has another format behind them is refused by the reader, as calls in
 * an unknown form.
 */
export const SAMPLE = 4000;

/**
 * Detect the format of an input by features unique to it. Messages without calls look the same in two formats and are
 * read as `openai`.
 *
 * @throws {GaitError} `invalid_input` if features of both kinds of messages are found
 */
export function detectFormat({ values }: Roots): Format {
  const sample = values.length <= SAMPLE ? values : values.slice(0, SAMPLE);
  const found = FORMATS.filter((format) => READERS[format].detect(sample));
  const first = found[0] ?? "openai";
  if (first === "openai" && found.includes("anthropic")) {
    throw invalidOption(
      () => `Cannot tell the format: found marks of ${found.join(" and ")}`,
      (name) => `Name it with ${name("format")} openai or anthropic`,
    );
  }
  return first;
}
