/** The lines for each framework in docs/integrations.md, and what their readers have around them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const PAGE = readFileSync(join(process.env.GAIT_ROOT, "docs/integrations.md"), "utf8");
export const BLOCKS = [...PAGE.matchAll(/^```js(?: needs=(\S+))?\n([\s\S]*?)^```$/gm)].map((
  [, needs, text],
) => ({
  needs,
  text,
}));
export const [{ text: GUARD }] = BLOCKS;
const CALLS = '[["read_file", { path: "/a" }], ["write_file", { path: "/b" }]]';
const MODELS = new URL("models/", import.meta.url);

/** What the reader has before the lines, and then does with them; the text that comes of it is `text`. */
export const READERS = {
  "@openai/agents": {
    before: `import { Runner, setTracingDisabled, tool } from "@openai/agents";
import { Scripted } from "${MODELS}openai_agents.mjs";
setTracingDisabled(true);
const model = new Scripted(${CALLS});
const make = (name) => tool({ name, description: name, parameters: z.object({ path: z.string() }), execute: ran(name) });
const readFile = make("read_file");
const writeFile = make("write_file");`,
    after: 'const text = (await new Runner().run(agent, "go")).finalOutput;',
    typed: `import type { Model } from "@openai/agents"; import { tool } from "@openai/agents";
declare const model: Model;
const readFile = tool({ name: "r", description: "r", parameters: z.object({ path: z.string() }), execute: ({ path }) => path });
const writeFile = tool({ name: "w", description: "w", parameters: z.object({ n: z.number() }), execute: ({ n }) => n });`,
  },
  "ai": {
    before: `import { tool } from "ai";
import { scripted } from "${MODELS}ai_sdk.mjs";
const model = scripted(${CALLS}, []);
const prompt = "go";
const make = (name) => tool({ description: name, inputSchema: z.object({ path: z.string() }), execute: ran(name) });
const readFile = make("read_file");
const writeFile = make("write_file");`,
    after: "",
    typed: `import type { LanguageModel } from "ai"; import { tool } from "ai";
declare const model: LanguageModel;
declare const prompt: string;
const readFile = tool({ description: "r", inputSchema: z.object({ path: z.string() }), execute: ({ path }) => path });
const writeFile = tool({ description: "w", inputSchema: z.object({ n: z.number() }), execute: ({ n }) => n });`,
  },
  "langchain": {
    before: `import { MemorySaver } from "@langchain/langgraph";
import { tool } from "langchain";
import { Scripted } from "${MODELS}langchain.mjs";
const model = new Scripted(${CALLS});
const checkpointer = new MemorySaver();
const make = (name) => tool(ran(name), { name, description: name, schema: z.object({ path: z.string() }) });
const readFile = make("read_file");
const writeFile = make("write_file");`,
    after: `const { messages } = await agent.invoke({ messages: [{ role: "user", content: "go" }] },
  { configurable: { thread_id: "1" } });
const text = messages.at(-1).content;`,
    typed: `import { MemorySaver } from "@langchain/langgraph"; import { tool } from "langchain";
declare const model: string;
const checkpointer = new MemorySaver();
const readFile = tool(({ path }) => path, { name: "r", description: "r", schema: z.object({ path: z.string() }) });
const writeFile = tool(({ n }) => String(n), { name: "w", description: "w", schema: z.object({ n: z.number() }) });`,
  },
  "@mastra/core": {
    before: `import { createTool } from "@mastra/core/tools";
import { scripted } from "${MODELS}mastra.mjs";
const model = scripted([["readFile", { path: "/a" }], ["writeFile", { path: "/b" }]], []);
const make = (id) => createTool({ id, description: id, inputSchema: z.object({ path: z.string() }), execute: ran(id) });
const readFile = make("read_file");
const writeFile = make("write_file");`,
    after: 'const { text } = await agent.generate("go", { maxSteps: 5 });',
    typed:
      `import type { MastraModelConfig } from "@mastra/core/llm"; import { createTool } from "@mastra/core/tools";
declare const model: MastraModelConfig;
const readFile = createTool({ id: "r", description: "r", inputSchema: z.object({ path: z.string() }), execute: async ({ path }) => path });
const writeFile = createTool({ id: "w", description: "w", inputSchema: z.object({ n: z.number() }), execute: async ({ n }) => n });`,
  },
  "@modelcontextprotocol/sdk": {
    before: `import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
const config = { description: "r", inputSchema: { path: z.string() } };
const readFile = ({ path }) => ({ content: [{ type: "text", text: ran("read_file")({ path }).content }] });`,
    after: `server.registerTool("write_file", config, () => assert.fail("it was executed"));
const client = new Client({ name: "c", version: "1" });
const [near, far] = InMemoryTransport.createLinkedPair();
await Promise.all([server.connect(far), client.connect(near)]);
const read = await client.callTool({ name: "read_file", arguments: { path: "/a" } });
assert.equal(read.content[0].text, "content of /a");
const refused = await client.callTool({ name: "write_file", arguments: { path: "/b" } });
const text = refused.isError ? "done" : "executed";
await client.close();`,
    typed: `const config = { description: "r", inputSchema: { path: z.string() } };
const readFile = async ({ path }: { path: string }) => ({ content: [{ type: "text" as const, text: path }] });`,
  },
};

/** Below this folder, where the packages are found. */
export function inFolder(step) {
  const folder = mkdtempSync(join(process.cwd(), "lines-"));
  try {
    return step(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
