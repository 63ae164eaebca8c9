/*
 * A server of the second generation of the TypeScript SDK: speaks the stateless revision, and the ones with a session.
 *
 * node modern_server.mjs <folder of the packages>
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.argv[2]}/package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { McpServer } = await load("@modelcontextprotocol/server");
const { serveStdio } = await load("@modelcontextprotocol/server/stdio");
const { z } = await import(pathToFileURL(require.resolve("zod")));

serveStdio(() => {
  const server = new McpServer({ name: "modern", version: "1.0.0" });
  server.registerTool(
    "add",
    {
      description: "Adds two numbers",
      inputSchema: z.object({ a: z.number(), b: z.number() }),
      outputSchema: z.object({ sum: z.number() }),
    },
    ({ a, b }) => ({
      content: [{ type: "text", text: String(a + b) }],
      structuredContent: { sum: a + b },
    }),
  );
  server.registerTool(
    "fail",
    { description: "Fails", inputSchema: z.object({}) },
    () => {
      return Promise.reject(new Error("it failed"));
    },
  );
  server.registerResource(
    "note",
    "note:///one",
    { mimeType: "text/plain" },
    (uri) => ({
      contents: [{ uri: uri.href, text: "a note" }],
    }),
  );
  server.registerPrompt(
    "greet",
    { description: "Greets", argsSchema: z.object({ name: z.string() }) },
    ({ name }) => ({
      messages: [{
        role: "user",
        content: { type: "text", text: `Hello ${name}` },
      }],
    }),
  );
  return server;
});
