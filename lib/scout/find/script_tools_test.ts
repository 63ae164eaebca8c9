import assert from "node:assert/strict";
import fc from "fast-check";
import { findScriptTools } from "./script_tools.ts";

/** What is found, as `line tag name`. */
const found = (text: string) =>
  findScriptTools(text).map(({ line, tag, name }) => `${line} ${tag} ${name}`).sort();

const SAMPLES: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
  [
    "the Vercel AI SDK",
    `
import { generateText, tool as make } from "ai";
import { z } from 'zod';
const weather = make({ description: "d", inputSchema: z.object({ city: z.string() }), execute: async () => 1 });
const unused = make({});
export const other: Tool = make<A, B>({});
await generateText({ model, tools: { getWeather: weather, "send-mail": make({}), inline: { execute() {} }, unused } });
`,
    [
      "6 framework:vercel_ai other",
      "7 framework:vercel_ai getWeather",
      "7 framework:vercel_ai inline",
      "7 framework:vercel_ai send-mail",
      "7 framework:vercel_ai send-mail",
      "7 framework:vercel_ai unused",
    ],
  ],
  [
    "Mastra",
    `
import { createTool } from "@mastra/core/tools";
export const weatherTool = createTool({ id: "get-weather", execute: async ({ context }) => {} });
const { createTool: ct } = require("@mastra/core");
const noId = ct({});
`,
    ["3 framework:mastra get-weather", "5 framework:mastra noId"],
  ],
  [
    "the OpenAI Agents SDK",
    `
import { Agent, tool } from '@openai/agents';
const a = tool({ name: 'wire_money', parameters: z.object({}), execute });
const lookup = tool({ parameters });
const t = agent.asTool({ toolName: "ask", toolDescription: "d" });
`,
    [
      "3 framework:openai_agents wire_money",
      "4 framework:openai_agents lookup",
      "5 framework:openai_agents ask",
    ],
  ],
  [
    "LangChain",
    `
import { tool, DynamicStructuredTool, StructuredTool } from "@langchain/core/tools";
import * as lc from "langchain";
const a = tool(async ({ x }) => \`\${x ? "}" : '\`'}\`, { name: "search", schema });
const b = new DynamicStructuredTool({ name: "pay", func });
const c = lc.tool(refund, {});
class Eraser extends StructuredTool<Schema> {
  schema = z.object({ name: z.string() });
  name = "erase";
}
`,
    [
      "4 framework:langchain search",
      "5 framework:langchain pay",
      "6 framework:langchain refund",
      "7 framework:langchain erase",
    ],
  ],
  [
    "MCP servers",
    `
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
server.registerTool("add", { inputSchema: {} }, cb);
this.server.tool("drop_table", cb);
new McpServer({}).registerTool("chained", {}, cb);
const list = [{ name: "listed", inputSchema: schema }];
`,
    ["3 mcp add", "4 mcp drop_table", "5 mcp chained", "6 mcp listed"],
  ],
  [
    "OpenAI and Anthropic",
    `
import { zodFunction } from "openai/helpers/zod";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
const { tool } = await import("@anthropic-ai/claude-agent-sdk");
const a: Tool = { type: "function", function: { name: "get_weather", parameters: {} } } as const;
const b = { name: \`get_stock\`, input_schema: {} } satisfies Tool;
zodFunction({ name: "z", parameters });
betaZodTool({ name: "bz", inputSchema });
tool("greet", "d", {}, cb);
`,
    [
      "5 api:openai get_weather",
      "6 api:anthropic get_stock",
      "7 api:openai z",
      "8 api:anthropic bz",
      "8 mcp bz",
      "9 api:anthropic greet",
    ],
  ],
  [
    "nothing of others",
    `
// import { tool } from "ai"
/* const x = tool({}) parameters */
import { tool } from "./mine";
const x = tool({ name: "no" });
const re = /import { tool } from "ai"/;
const text = \`\${"a"} tool({ name: "no", input_schema: 1 })\`;
const name = "server.tool('no')";
`,
    [],
  ],
];

for (const [what, text, expected] of SAMPLES) {
  Deno.test(`findScriptTools() finds the tools of ${what} with their lines`, () => {
    assert.deepEqual(found(text), expected);
  });
}

Deno.test("findScriptTools() is not derailed by templates, expressions, JSX and stray brackets", () => {
  const head = 'import { createTool } from "@mastra/core";\n';
  const tail = '\ncreateTool({ id: "last" });\n';
  const middles = [
    "const a = `${`${'}'}`}`;",
    "const r = /[/'\"`{]/g.test(x) / 2;",
    "const j = <p>Don't <b/> {x}</p>;",
    "}",
    "'unclosed",
    "/* ` */",
    "x = a++ / b / c;",
    "return /`/;",
  ];
  for (const middle of middles) {
    assert.deepEqual(findScriptTools(head + middle + tail).map(({ name }) => name), ["last"], middle);
  }
});

Deno.test("findScriptTools() takes any text, and tells names and lines that stand in it", () => {
  const piece = fc.constantFrom(
    ..."tool(|import { tool } from 'ai';|generateText|\n|{|}|(|)|[|]|'|\"|`|${|/|//|/*|*/|:|=|,|name|tools|class A extends|<|>|=>|x|."
      .split("|"),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = 'import "@mastra/core"; import { tool } from "ai";\n' + pieces.join("");
      for (const { name, line } of findScriptTools(text)) {
        assert.ok(name.trim() !== "" && line! >= 1 && line! <= text.split("\n").length);
      }
    }),
    { numRuns: 2000 },
  );
});
