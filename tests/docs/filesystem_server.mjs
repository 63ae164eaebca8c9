/**
 * A small stand-in for the file system server of the Model Context Protocol, for pages of docs/ that start one: it reads,
 * lists and writes in one folder, and speaks as much of the protocol as a short session needs.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { createInterface } from "node:readline";

const folder = process.argv[2];
const inside = (path) => {
  const clean = normalize(path);
  if (clean.startsWith("..") || clean.startsWith("/")) throw new Error(`${path} is outside of the folder`);
  return join(folder, clean);
};

/** Descriptions as an update of the server changed them, for those who look at changes. */
const changed = existsSync(".stand-ins/descriptions.json")
  ? JSON.parse(readFileSync(".stand-ins/descriptions.json", "utf8"))
  : {};

const TOOLS = {
  read_text_file: ({ path }) => readFileSync(inside(path), "utf8"),
  list_directory: ({ path }) => readdirSync(inside(path)).sort().join("\n"),
  write_file: ({ path, content }) => {
    writeFileSync(inside(path), content);
    return `wrote ${path}`;
  },
};

const METHODS = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: "files", version: "1" },
  }),
  ping: () => ({}),
  "tools/list": () => ({
    tools: Object.keys(TOOLS).map((name) => ({
      name,
      description: changed[name] ?? name,
      inputSchema: { type: "object" },
    })),
  }),
  "tools/call": ({ name, arguments: given }) => {
    try {
      return { content: [{ type: "text", text: TOOLS[name](given) }] };
    } catch (error) {
      return { content: [{ type: "text", text: error.message }], isError: true };
    }
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  const answer = METHODS[method];
  const outcome = answer === undefined
    ? { error: { code: -32601, message: "no such method" } }
    : { result: answer(params ?? {}) };
  process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, ...outcome }) + "\n");
}
