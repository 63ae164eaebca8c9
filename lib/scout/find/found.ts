/** A tool or an MCP server that was found in a file. */
export interface Found {
  readonly kind: "tool" | "mcp_server";
  /** As it is written there. */
  readonly name: string;
  /** What it belongs to, see {@linkcode TAG}. */
  readonly tag: string;
  /** Line where it is declared, from 1; absent where the whole file stands for it. */
  readonly line?: number;
}

/** What a tool is made with: a framework, the tool definitions of an API, or MCP. */
export const TAG = {
  langchain: "framework:langchain",
  openaiAgents: "framework:openai_agents",
  autogen: "framework:autogen",
  crewai: "framework:crewai",
  vercelAi: "framework:vercel_ai",
  mastra: "framework:mastra",
  openai: "api:openai",
  anthropic: "api:anthropic",
  mcp: "mcp",
} as const;

/** The longest name of a tool that is taken: a longer text is none. */
export const MAX_NAME_LENGTH = 256;

/** Whether a text may be the name of a tool. */
export function isToolName(name: string): boolean {
  return name.trim() !== "" && name.length <= MAX_NAME_LENGTH;
}
