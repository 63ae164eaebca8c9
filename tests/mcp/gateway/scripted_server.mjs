/**
 * A small MCP server for tests. It appends each line that it gets to the file named by its first argument, as it came,
 * and speaks the sessions of 2025-11-25 and the stateless revision. Its tools do what tests need.
 */
import { appendFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { onStdinLine } from "../../support/stdin_lines.mjs";

const [log, ...options] = process.argv.slice(2);
const has = (option) => options.includes(option);
const send = (message) => process.stdout.write(JSON.stringify(message) + "\n");
let announced = has("renamed")
  ? ["echo", "Echo"]
  : ["echo", "read", "remove", "ask", "elicit", "slow", "die", "progress"];
if (!has("renamed")) announced.push("environment", "say");
if (has("huge")) announced.push("huge");
const waiting = new Map();
let asked = 0;

const tools = () =>
  announced.map((name) => ({
    name,
    description: `does ${name}` + (has("endless") ? "x".repeat(11 * 1024 * 1024) : ""),
    inputSchema: {
      type: "object",
      ...(name === "read" ? { properties: { region: { type: "string", "x-mcp-header": "Region" } } } : {}),
    },
    ...(name === "read" ? { annotations: { readOnlyHint: true, openWorldHint: false } } : {}),
  }));

function page(cursor) {
  const all = tools();
  if (has("pages")) {
    const at = Number(cursor ?? 0);
    return { tools: all.slice(at, at + 2), ...(at + 2 < all.length ? { nextCursor: String(at + 2) } : {}) };
  }
  return { tools: all };
}

const stateless = (params) => params?._meta?.["io.modelcontextprotocol/protocolVersion"] !== undefined;

function call(id, params) {
  const complete = stateless(params) ? { resultType: "complete" } : {};
  const done = (text) =>
    send({ jsonrpc: "2.0", id, result: { ...complete, content: [{ type: "text", text }] } });
  switch (params.name) {
    case "ask":
    case "elicit": {
      const method = params.name === "ask" ? "sampling/createMessage" : "elicitation/create";
      const question = params.name === "ask"
        ? {
          messages: [{
            role: "user",
            content: { type: "text", text: "x".repeat(params.arguments?.size ?? 5) },
          }],
          maxTokens: 5,
        }
        : { message: "Name?", requestedSchema: { type: "object", properties: {} } };
      if (stateless(params)) {
        if (params.inputResponses) return done(JSON.stringify(params.inputResponses));
        return send({
          jsonrpc: "2.0",
          id,
          result: {
            resultType: "input_required",
            inputRequests: { q: { method, params: question } },
            requestState: "state",
          },
        });
      }
      const own = `s${++asked}`;
      waiting.set(own, (answer) => done(JSON.stringify(answer.result ?? answer.error)));
      return send({ jsonrpc: "2.0", id: own, method, params: question });
    }
    case "slow":
      return waiting.set(`slow ${id}`, () => {});
    case "huge":
      return done("x".repeat(11 * 1024 * 1024));
    case "environment":
      return done(JSON.stringify(process.env));
    case "say": {
      const params = { level: "info", data: "said" };
      send({ jsonrpc: "2.0", method: "notifications/message", params });
      send({ jsonrpc: "2.0", method: "notifications/resources/updated", params: { uri: "file:///x" } });
      send({ jsonrpc: "2.0", id: "roots", method: "roots/list" });
      return done("said");
    }
    case "die":
      return process.exit(3);
    case "progress": {
      const progressToken = params._meta?.progressToken;
      send({ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken, progress: 1 } });
      return done("done");
    }
    default:
      return done(`${params.name} ${JSON.stringify(params.arguments ?? {})}`);
  }
}

function handle(message) {
  const { id, method, params } = message;
  if (method === undefined) {
    waiting.get(id)?.(message);
    waiting.delete(id);
    return;
  }
  if (id === undefined) {
    if (method === "notifications/roots/list_changed") {
      announced = [...announced, "late"];
      send({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
    }
    return;
  }
  const done = (result) =>
    send({ jsonrpc: "2.0", id, result: stateless(params) ? { resultType: "complete", ...result } : result });
  switch (method) {
    case "initialize":
      return done({
        protocolVersion: params.protocolVersion,
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: "scripted", version: "1" },
      });
    case "server/discover":
      return done({ supportedVersions: ["2026-07-28"], capabilities: { tools: {} } });
    case "tools/list":
      return done(page(params?.cursor));
    case "tools/call":
      return call(id, params);
    case "resources/read":
      return done({ contents: [{ uri: params.uri, text: "content" }] });
    case "prompts/get":
      return done({ messages: [] });
    case "ping":
      return done({});
    default:
      return send({ jsonrpc: "2.0", id, error: { code: -32601, message: "no such method" } });
  }
}

// A descendant that outlives its parent unless its whole group is ended.
if (has("descendant")) spawn("sleep", ["1000"], { stdio: "ignore" });
if (has("stubborn")) process.on("SIGTERM", () => {});
if (has("flood")) {
  const noise = "x".repeat(65_536) + "\n";
  setInterval(() => process.stderr.write(noise), 1);
}
onStdinLine((line) => {
  if (log !== "-") appendFileSync(log, line + "\n");
  handle(JSON.parse(line));
});
if (!has("stubborn") && !has("flood")) process.stdin.on("end", () => process.exit(0));
