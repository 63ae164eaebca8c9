/** A tool or an MCP server that was found in a file. */
export interface Found {
  readonly kind: "tool" | "mcp_server";
  /** As spelled in the file. */
  readonly name: string;
  /** Its framework or API, see {@linkcode TAG}. */
  readonly tag: string;
  /** Line where it is declared, from 1; absent if the finding is about the whole file. */
  readonly line?: number;
}

/** The origin of a tool: a framework, the tool definitions of an API, or MCP. */
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

/** The longest accepted tool name. */
export const MAX_NAME_LENGTH = 256;

/** Whether a text is a possible tool name. */
export function isToolName(name: string): boolean {
  return name.trim() !== "" && name.length <= MAX_NAME_LENGTH;
}
