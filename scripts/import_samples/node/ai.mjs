// ai: messages for models and for user interfaces, and the spans of its telemetry.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { generateText, readUIMessageStream, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { lookupOrder, pay, QUESTION, serve, write, writeJson, writeMade } from "./scene.mjs";

const { address, close } = await serve();
const exporter = new OTLPTraceExporter({ url: `${address}/v1/traces` });
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
const model = createOpenAICompatible({ name: "scripted", baseURL: `${address}/v1`, apiKey: "none" })("m");
const tools = {
  lookup_order: tool({
    description: "Look an order up.",
    inputSchema: z.object({ order: z.string() }),
    execute: lookupOrder,
  }),
  pay: tool({
    description: "Pay out money.",
    inputSchema: z.object({ cents: z.number(), to: z.string() }),
    execute: pay,
  }),
};
const messages = [{ role: "user", content: QUESTION }];
const set = { model, tools, stopWhen: stepCountIs(5) };
const result = await generateText({ ...set, messages, experimental_telemetry: { isEnabled: true } });
writeJson("model_messages.json", [...messages, ...result.response.messages]);
writeJson("steps.json", result.steps.map(({ content, finishReason }) => ({ content, finishReason })));
writeMade();
const streamed = streamText({ ...set, messages, onError() {} });
const parts = [];
let ui;
const [forUi, forParts] = streamed.toUIMessageStream().tee();
const reading = (async () => {
  for await (const part of forParts) parts.push(part);
})();
for await (const message of readUIMessageStream({ stream: forUi })) ui = message;
await reading;
writeJson("ui_messages.json", [{ id: "q", role: "user", parts: [{ type: "text", text: QUESTION }] }, ui]);
write(
  "ui_stream.sse",
  parts.map((part) => `data: ${JSON.stringify(part)}\n\n`).join("") + "data: [DONE]\n\n",
);
await provider.forceFlush();
await close("traces");
