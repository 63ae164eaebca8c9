// @openai/agents: history, new items and the state of a run.
import { Agent, OpenAIResponsesModel, Runner, setTracingDisabled, tool } from "@openai/agents";
import OpenAI from "openai";
import { z } from "zod";
import { lookupOrder, pay, QUESTION, serve, write, writeJson, writeMade } from "./scene.mjs";

const { address, close } = await serve();
setTracingDisabled(true);
const client = new OpenAI({ baseURL: `${address}/v1`, apiKey: "none" });
const tools = [
  tool({
    name: "lookup_order",
    description: "Look an order up.",
    parameters: z.object({ order: z.string() }),
    execute: lookupOrder,
  }),
  tool({
    name: "pay",
    description: "Pay out money.",
    parameters: z.object({ cents: z.number(), to: z.string() }),
    execute: pay,
  }),
];
const agent = new Agent({ name: "refunds", tools, model: new OpenAIResponsesModel(client, "m") });
const result = await new Runner({ tracingDisabled: true }).run(agent, QUESTION);
writeJson("history.json", result.history);
writeJson("new_items.json", result.newItems);
write("state.json", result.state.toString());
writeMade();
await close();
