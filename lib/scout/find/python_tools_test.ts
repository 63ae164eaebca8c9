import assert from "node:assert/strict";
import fc from "fast-check";
import { findPythonTools } from "./python_tools.ts";

/** What is found, as `line tag name`. */
const found = (text: string) =>
  findPythonTools(text).map(({ line, tag, name }) => `${line} ${tag} ${name}`).sort();

const SAMPLES: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
  [
    "LangChain decorators",
    `
from langchain_core.tools import tool as lc, StructuredTool
import langchain.tools

@lc
def refund_order(order): ...

@lc("delete_user", return_direct=True)
async def f(): ...

@langchain.tools.tool
def third(): ...

def helper(): ...
`,
    [
      "12 framework:langchain third",
      "6 framework:langchain refund_order",
      "9 framework:langchain delete_user",
    ],
  ],
  [
    "LangChain constructors and classes",
    `
from langchain.tools import BaseTool, Tool, StructuredTool
a = Tool(name="search_web", func=run, description="d")
b = StructuredTool.from_function(pay_invoice, description="d")
c = StructuredTool.from_function(func=x, name=(
    "send_"
    "mail"))
class Eraser(BaseTool):
    description: str = "d"
    name: str = "erase"
    def _run(self):
        name = "no"
class Plain(BaseTool):
    """name = 'no'"""
`,
    [
      "13 framework:langchain Plain",
      "3 framework:langchain search_web",
      "4 framework:langchain pay_invoice",
      "5 framework:langchain send_mail",
      "8 framework:langchain erase",
    ],
  ],
  [
    "LangChain lists",
    `
from langgraph.prebuilt import create_react_agent
from shop import refund
model = 1
agent = create_react_agent(model, tools=[lookup, refund, model, shop.drop, make()])
def lookup(): ...
`,
    ["5 framework:langchain drop", "5 framework:langchain lookup", "5 framework:langchain refund"],
  ],
  [
    "OpenAI Agents SDK",
    `
from agents import Agent, FunctionTool, function_tool
@function_tool
def read_mail(): ...
@function_tool(name_override="wire_money")
def pay(): ...
t = FunctionTool(name="raw_tool", params_json_schema={})
sub = Agent(name="Helper")
main = Agent(name="Main", tools=[read_mail, sub.as_tool(tool_name="ask_helper", tool_description="d")])
`,
    [
      "4 framework:openai_agents read_mail",
      "6 framework:openai_agents wire_money",
      "7 framework:openai_agents raw_tool",
      "9 framework:openai_agents ask_helper",
    ],
  ],
  [
    "AutoGen",
    `
from autogen_core.tools import FunctionTool
import autogen
w = FunctionTool(get_weather, description="d")
v = FunctionTool(f, description="d", name="named")
@user.register_for_execution()
@assistant.register_for_llm(name="calculator", description="d")
def calc(a): ...
autogen.register_function(ping, caller=a, executor=b, description="d")
`,
    [
      "4 framework:autogen get_weather",
      "5 framework:autogen named",
      "8 framework:autogen calc",
      "8 framework:autogen calculator",
      "9 framework:autogen ping",
    ],
  ],
  [
    "CrewAI",
    `
from crewai.tools import BaseTool, tool
@tool("Name of my tool")
def t(q: str) -> str: ...
class Mailer(BaseTool):
    name: str = "send mail"
`,
    ["4 framework:crewai Name of my tool", "5 framework:crewai send mail"],
  ],
  [
    "MCP servers",
    `
from mcp.server.fastmcp import FastMCP
mcp = FastMCP("demo")
@mcp.tool()
def add(a, b): ...
@mcp.tool(name="drop_table")
async def d(): ...
`,
    ["5 mcp add", "7 mcp drop_table"],
  ],
  [
    "Anthropic",
    `
from anthropic import beta_tool
from claude_agent_sdk import tool
tools = [{"name": "get_stock", "description": "d", "input_schema": {"type": "object", "properties": {}}}]
hosted = [{"type": "web_search_20250305", "name": "web_search"}]
@beta_tool
def look(): ...
@tool("greet", "d", {"name": str})
async def g(args): ...
`,
    [
      "4 api:anthropic get_stock",
      "5 api:anthropic web_search",
      "7 api:anthropic look",
      "9 api:anthropic greet",
    ],
  ],
  [
    "OpenAI definitions",
    `
tools = [
    {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}},
    {"type": "function", "name": "responses_tool", "parameters": P},
]
functions = [{"name": "legacy", "parameters": {"type": "object", "properties": {}}}]
call = {"type": "function", "function": {"name": "no", "arguments": "{}"}}
choice = {"type": "function", "function": {"name": "no"}}
abi = {"type": "function", "name": "no", "inputs": []}
`,
    [
      "3 api:openai get_weather",
      "3 api:openai get_weather",
      "4 api:openai responses_tool",
      "6 api:openai legacy",
    ],
  ],
  [
    "nothing of others",
    `
from celery import tool
import agents_of_others as agents
# @tool  langchain
"""
from langchain.tools import tool
@tool
def in_text(): ...
"""
@tool
def a(): ...
x = f"@function_tool {agents}"
def wiretap(name='x'): ...
tools=[a]
`,
    [],
  ],
];

for (const [what, text, expected] of SAMPLES) {
  Deno.test(`findPythonTools() finds the tools of ${what} with their lines`, () => {
    assert.deepEqual(found(text), expected);
  });
}

Deno.test("findPythonTools() is not derailed by strings, brackets and continued lines", () => {
  const head = "from langchain.tools import tool\n";
  const tail = "\n@tool\ndef last(): ...\n";
  for (
    const middle of [
      "'''\n@tool\ndef no(): ...'''",
      'r"\\"',
      "x = 'unclosed",
      "}",
      "a = 1 + \\\n  2",
      '"""\\""""',
      "# '''",
    ]
  ) {
    assert.deepEqual(findPythonTools(head + middle + tail).map(({ name }) => name), ["last"], middle);
  }
});

Deno.test("findPythonTools() takes any text, and tells names and lines that stand in it", () => {
  const piece = fc.constantFrom(
    ..."@tool|from langchain.tools import tool|from agents import Agent|\n|def f|(|)|[|]|{|}|'|\"|'''|:|=|,|name|tools|Agent|class A(BaseTool)|  |\\|x|."
      .split("|"),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = "import langchain\n" + pieces.join("");
      for (const { name, line } of findPythonTools(text)) {
        assert.ok(name.trim() !== "" && line! >= 1 && line! <= text.split("\n").length);
      }
    }),
    { numRuns: 2000 },
  );
});
