/** Hostile sources, configuration and logs that scout finds tools in. */
import { findInConfiguration } from "../../lib/scout/find/configuration.ts";
import { presumeFromText } from "../../lib/scout/find/python_text.ts";
import { findPythonTools } from "../../lib/scout/find/python_tools.ts";
import { findScriptTools } from "../../lib/scout/find/script_tools.ts";
import { eventTime } from "../../lib/scout/gateway/event_time.ts";
import { fieldsOf, trimLine } from "../../lib/scout/gateway/log_line.ts";
import { candidateTools } from "../../lib/scout/signals.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { asReaders, type Readers } from "./hostile_reader.ts";
import { list } from "./log_lines.ts";

const texts: Record<string, [make: (n: number) => string, read: (text: string) => unknown]> = {
  "Python sources of blanks": [
    (n) => "\n def ".repeat(n) + "name = ".repeat(n) + "Tool(" + " \n".repeat(n) + "@tool ".repeat(n),
    (text) => presumeFromText(text, { stem: "s", asynchronous: true }),
  ],
  "Python sources of open brackets": [
    (n) => "from langchain.tools import tool\n" + "@tool(a,{b:[".repeat(n),
    findPythonTools,
  ],
  "Python sources of tools": [
    (n) =>
      "from langchain.tools import tool, BaseTool\n" + "@tool\ndef f(): ...\n".repeat(n) +
      "@tool\n".repeat(n) + "class A(BaseTool):\n x = 1\n".repeat(n) + `x(tools=[${"f, 'g', ".repeat(n)}])`,
    findPythonTools,
  ],
  "Python sources of strings and names": [
    (n) => "from agents import x\n" + `x = ("a" "b")\na.b.c.`.repeat(n) + '""" " '.repeat(n),
    findPythonTools,
  ],
  "scripts of open brackets": [
    (n) => 'import { tool } from "ai";\n' + "tool<({a:[b,{".repeat(n),
    findScriptTools,
  ],
  "scripts of tools": [
    (n) =>
      'import { tool } from "ai";\nimport { Tool } from "langchain";\n' + "const x = tool({});\n".repeat(n) +
      "class A extends Tool { a() {} ".repeat(n) + `generateText({ tools: { ${"a: b, ".repeat(n)} } })`,
    findScriptTools,
  ],
  "scripts of templates, expressions and imports": [
    (n) =>
      '"@mastra/"; ' + "import { a as b, ".repeat(n) + "`${".repeat(n) + "} / [".repeat(n) + "}`".repeat(n),
    findScriptTools,
  ],
  "JSON with many servers and tools": [
    (n) =>
      JSON.stringify({ servers: Object.fromEntries(list(n, (i) => [`s${i}`, { tools: ["a"], name: "x" }])) }),
    (text) => findInConfiguration(utf8(text), "mcp.json"),
  ],
  "YAML with many aliases of servers": [
    (n) => `a: &a\n  servers:\n${list(n, (i) => `    s${i}: {}\n`).join("")}b:\n${"  - *a\n".repeat(20)}`,
    (text) => findInConfiguration(utf8(text), "mcp.yaml"),
  ],
  "log lines of blanks and digits": [
    (n) => " ".repeat(n) + "x" + "\u3000".repeat(n),
    (text) => [trimLine(utf8(text)), eventTime([text.trim() + "1".repeat(text.length)])],
  ],
  "log lines in log lines": [
    (n) => JSON.stringify({ log: JSON.stringify({ a: list(n, String) }) }),
    (text) => fieldsOf(utf8(text), "docker", "line"),
  ],
};

export const SOURCES: Readers = {
  ...asReaders(texts),
  "names of tools": { make: (n) => list(n, (i) => `t.${i}`), read: candidateTools },
};
