/**
 * The lines for each framework in docs/integrations.md, as they stand there, with the real framework and a scripted model:
 * it reads a file, is refused to write one, and goes on. Then as a strict TypeScript program.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const PAGE = readFileSync(join(process.env.GAIT_ROOT, "docs/integrations.md"), "utf8");
const BLOCKS = [...PAGE.matchAll(/^```js(?: needs=(\S+))?\n([\s\S]*?)^```$/gm)].map(([, needs, text]) => ({
  needs,
  text,
}));
const [{ text: GUARD }] = BLOCKS;
const POLICY =
  "default_verdict: block\nrules: [{name: r, effect: allow, match: {tool_names: [read_file]}}]\n";
const CALLS = '[["read_file", { path: "/a" }], ["write_file", { path: "/b" }]]';
const MODELS = new URL("models/", import.meta.url);

/** What the reader has before the lines, and then does with them; the text that comes of it is `text`. */
const READERS = {
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

const written = [];
function inFolder(step) {
  const folder = mkdtempSync(join(process.cwd(), "lines-"));
  try {
    return step(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const { needs, text } of BLOCKS.slice(1)) {
  const reader = READERS[needs];
  written.push(needs);
  test(`${needs}: the lines of the page run`, () =>
    inFolder((folder) => {
      assert.ok(reader, `no reader for ${needs}`);
      writeFileSync(join(folder, "policy.yaml"), POLICY);
      writeFileSync(
        join(folder, "agent.mjs"),
        `import assert from "node:assert/strict";
import { recordRun, verifyRunpack } from "@gait/gait";
import { z } from "zod";
const executed = [];
const ran = (name) => ({ path }) => { executed.push(\`\${name} \${path}\`); return { content: \`content of \${path}\` }; };
${GUARD}
${reader.before}
${text}
${reader.after}
assert.equal(text, "done");
const request = recorder.request();
assert.deepEqual(executed, ["read_file /a"], JSON.stringify(request.results));
assert.deepEqual(request.results.map(({ status }) => status), ["ok", "block"]);
assert.ok((await verifyRunpack((await recordRun(request)).bytes)).ok);`,
      );
      const { status, stdout, stderr } = spawnSync(process.execPath, ["agent.mjs"], {
        cwd: folder,
        encoding: "utf8",
      });
      assert.equal(status, 0, `${stdout}\n${stderr}`);
    }));
}

test("every framework has its lines", () =>
  assert.deepEqual(written.toSorted(), Object.keys(READERS).toSorted()));

test("the lines compile in a strict TypeScript program", () =>
  inFolder((folder) => {
    const files = Object.keys(READERS).map((needs, n) => {
      const { text } = BLOCKS.find((block) => block.needs === needs);
      const program = `import { z } from "zod";\n${GUARD}\n${READERS[needs].typed}\n${text}\nexport {};\n`;
      writeFileSync(join(folder, `${n}.ts`), program);
      return `${n}.ts`;
    });
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: "nodenext",
      target: "es2022",
      types: ["node"],
      // The frameworks' own declarations do not all compile; those of the package do (types.test.mjs).
      skipLibCheck: true,
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const { status, stdout } = spawnSync(process.env.GAIT_TSC, ["-p", folder], { encoding: "utf8" });
    assert.equal(status, 0, stdout);
  }));
