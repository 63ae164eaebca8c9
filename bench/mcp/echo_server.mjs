/**
 * An MCP server that answers at once: a call gives its arguments back. On standard input and output, or with the argument
 * `http` on a port that it prints.
 */
import http from "node:http";
import process from "node:process";
import { onStdinLine } from "../../tests/support/stdin_lines.mjs";

const TOOL = { name: "echo", inputSchema: { type: "object" } };

function resultOf({ method, params }) {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "echo", version: "1" },
      };
    case "tools/list":
      return { tools: [TOOL] };
    case "tools/call":
      return { content: [{ type: "text", text: JSON.stringify(params.arguments) }] };
    default:
      return {};
  }
}

/** The answer to a line; nothing to a notification. */
function answerTo(line) {
  const message = JSON.parse(line);
  if (message.id === undefined) return "";
  return JSON.stringify({ jsonrpc: "2.0", id: message.id, result: resultOf(message) });
}

if (process.argv[2] === "http") {
  const server = http.createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk) => body += chunk);
    request.on("end", () => {
      const answer = body === "" ? "" : answerTo(body);
      response.writeHead(answer === "" ? 202 : 200, {
        "content-type": "application/json",
        "content-length": answer.length,
      });
      response.end(answer);
    });
  });
  server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
} else {
  onStdinLine((line) => {
    const answer = answerTo(line);
    if (answer !== "") process.stdout.write(answer + "\n");
  });
}
