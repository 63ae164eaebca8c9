/** What one Python file says about tools. */
export interface PythonTools {
  readonly frameworks: readonly string[];
  /** Empty unless a framework was found. */
  readonly names: readonly string[];
}

/**
 * Look for tools in a Python file, by text alone: nothing is run or imported (spec/gate.md 6.3).
 *
 * @param stem name of the file without `.py`; it stands for a file that defines no function
 */
export function findPythonTools(text: string, stem: string): PythonTools {
  const langchain = LANGCHAIN.test(text);
  const openai = OPENAI_AGENTS.test(text);
  if (!langchain && !openai) return { frameworks: [], names: [] };
  const defined = captures(text, DEFINITION);
  return {
    frameworks: [...(langchain ? ["langchain"] : []), ...(openai ? ["openai_agents"] : [])],
    names: [...(defined.length > 0 ? defined : [stem]), ...(openai ? captures(text, NAME_ARGUMENT) : [])],
  };
}

const DEFINITION = /^[ \t]*def[ \t]+([A-Za-z_][A-Za-z0-9_]*)[ \t]*\(/gm;
const LANGCHAIN = /^[ \t]*@tool[ \t]*(?:\(|$)|StructuredTool\.from_function|Tool\(/m;
const OPENAI_AGENTS = /^[ \t]*@function_tool|from agents import|openai\.agents|tools=\[/m;
/** Also as the end of a longer word: `tool_name="x"`. */
const NAME_ARGUMENT = /name[ \t]*=[ \t]*(?:"([A-Za-z0-9._:-]+)"|'([A-Za-z0-9._:-]+)')/g;

function captures(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, first, second]) => first ?? second!);
}
