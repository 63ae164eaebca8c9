import { refuseLogs } from "./otel_logs.ts";
import { readAnthropic, readAnthropicMessage } from "../anthropic.ts";
import { findAnyCallMark } from "../call_marks.ts";
import { AS_VALUES, type Keeping } from "../keeping.ts";
import { type Ledger, unreadCalls } from "../ledger.ts";
import { type Message, readMessages } from "../messages.ts";
import {
  conversationOf,
  isConversation,
  isMessage,
  isOtlp,
  mixedInput,
  splitConversations,
} from "../input.ts";
import { openAiReader, readOpenAi } from "../openai.ts";
import { isAnthropic, isOpenAi, messagesIn } from "./marks.ts";
import { Continuations } from "./continued.ts";
import { logEach, openLog } from "./lines.ts";
import type { FormatReader, LineFormat, LineReader, Readings } from "./reader.ts";
import { holdsJaegerTrace, readJaegerTraces } from "./jaeger.ts";
import { isSdkSpan, readSdkSpans } from "./sdk_spans.ts";
import { readTraces } from "./span_records.ts";
import { refuseUnreadCalls } from "./unread.ts";
import type { Conversation, Roots } from "../input.ts";
import type { Transcript } from "../transcript.ts";

type ReadMessage = (message: Message, ledger: Ledger) => void;

function readAll(roots: Roots, read: (conversation: Conversation) => Transcript): Readings {
  refuseUnknownCalls(roots);
  const conversations = splitConversations(roots);
  const readings = conversations.map((conversation) => ({
    position: conversation.position,
    value: conversation.value,
    transcript: refuseUnreadCalls(conversation, read(conversation)),
  }));
  if (conversations.length < 2) return { readings, skipped: [] };
  const continued = new Continuations(AS_VALUES.key);
  for (const { messages } of conversations) continued.add(messages);
  return continued.leaveOut(readings);
}

/** Say what was found in an input that has calls, but neither conversations nor messages. */
function refuseUnknownCalls({ values, position }: Roots): void {
  if (values.some((value) => isConversation(value) || isMessage(value))) return;
  const found = values.flatMap((value, i) => {
    const mark = findAnyCallMark(value);
    return mark === undefined ? [] : [{ position: position(i), reason: mark }];
  });
  if (found.length > 0) throw unreadCalls("the input", found);
}

/**
 * Lines that are messages of one conversation, or each a whole one.
 *
 * @param open a reader of the messages of a conversation
 */
function byLine(open: () => ReadMessage): LineFormat {
  return (keep, sample) => {
    if (sample.every(isMessage)) return openMessages(open(), keep);
    if (!sample.every(isConversation)) return undefined;
    return logEach(
      ({ value, position }) => {
        if (isMessage(value)) throw mixedInput();
        const conversation = conversationOf(value, position);
        const transcript = refuseUnreadCalls(conversation, readMessages(conversation, open(), keep.ledger()));
        return { position, ...keep.identify(value), transcript };
      },
      (value) => conversationOf(value, "").messages,
      keep.key,
    );
  };
}

function openMessages(read: ReadMessage, keep: Keeping): LineReader {
  const log = openLog("conversation 1", keep, read);
  let count = 0;
  return {
    add({ value }) {
      if (isConversation(value)) throw mixedInput();
      log.add({ value, position: `message ${++count}` });
    },
    end: () => ({ readings: [log.end()], skipped: [] }),
  };
}

export const openai: FormatReader = {
  title: "OpenAI messages and items of the Responses API",
  reads: "`tool_calls`, `function_call`, items `*_call`; role `tool`, items `*_call_output`",
  lost: "what was said, reasoning",
  example:
    '{"messages":[{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"pay","arguments":"{}"}}]}]}',
  detect: (values) => values.some((value) => messagesIn(value).some(isOpenAi)),
  read: (roots) => readAll(roots, readOpenAi),
  byLine: byLine(openAiReader),
};

export const anthropic: FormatReader = {
  title: "Anthropic messages",
  reads: "blocks `tool_use`, `server_tool_use`, `mcp_tool_use`; blocks `*tool_result`",
  lost: "what was said, thinking",
  example:
    '{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"pay","input":{}}]}]}',
  detect: (values) => values.some((value) => messagesIn(value).some(isAnthropic)),
  read: (roots) => readAll(roots, readAnthropic),
  byLine: byLine(() => readAnthropicMessage),
};

export const otel: FormatReader = {
  title: "OpenTelemetry traces, OTLP JSON; spans of its SDK for Python; traces of Jaeger",
  reads:
    "spans of tool calls in the conventions of GenAI and MCP, OpenInference, Vercel `ai.*`, Traceloop, Langfuse and LangSmith, with the attributes of ADK and the events of Strands; spans of Claude Code, with the arguments that they tell; one run per trace",
  lost: "spans that call no tool",
  example: '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"01","name":"execute_tool pay"}]}]}]}',
  detect: (values) => values.some((value) => isOtlp(value) || isSdkSpan(value) || holdsJaegerTrace(value)),
  read(roots) {
    refuseLogs(roots);
    if (roots.values.some(isSdkSpan)) return readSdkSpans(roots);
    return roots.values.some(holdsJaegerTrace) ? readJaegerTraces(roots) : readTraces(roots);
  },
};
