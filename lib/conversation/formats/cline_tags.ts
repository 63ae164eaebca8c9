import type { JsonObject } from "../../formats/json/mod.ts";

/** A call that a model wrote as tags into its text. */
export interface TaggedCall {
  readonly tool: string;
  readonly args: JsonObject | string;
}

/** The tools of Cline and of Roo Code; other tags in a text are no calls. */
const TOOLS = new Set([
  "access_mcp_resource",
  "apply_diff",
  "ask_followup_question",
  "attempt_completion",
  "browser_action",
  "codebase_search",
  "condense",
  "edit_file",
  "execute_command",
  "fetch_instructions",
  "focus_chain",
  "generate_image",
  "insert_content",
  "list_code_definition_names",
  "list_files",
  "load_mcp_documentation",
  "new_rule",
  "new_task",
  "plan_mode_respond",
  "read_file",
  "replace_in_file",
  "report_bug",
  "run_slash_command",
  "search_and_replace",
  "search_files",
  "switch_mode",
  "update_todo_list",
  "use_mcp_tool",
  "use_skill",
  "web_fetch",
  "web_search",
  "write_to_file",
]);

/** Texts of files may have tags of the same name inside. */
const TEXTS_OF_FILES = new Set(["content", "diff"]);

/** As many tags without an end are looked for; each search reads the rest of the text. */
const MAX_MISSED = 64;

/** The calls in a text of the model, each between tags of the name of its tool. */
export function taggedCalls(text: string): TaggedCall[] {
  return elementsIn(text, (name) => TOOLS.has(name), false).map(({ name, inside }) => {
    const params = elementsIn(inside, () => true, true);
    const args = Object.fromEntries(params.map((param) => [param.name, trimmed(param.inside)]));
    const isBare = params.length === 0 && inside.trim() !== "";
    return { tool: name, args: isBare ? inside.trim() : args };
  });
}

interface TaggedElement {
  readonly name: string;
  readonly inside: string;
}

function elementsIn(text: string, isName: (name: string) => boolean, areParams: boolean): TaggedElement[] {
  const found: TaggedElement[] = [];
  const tag = /<([a-z_]{2,40})>/g;
  const missed = new Set<string>();
  for (let match = tag.exec(text); match !== null; match = tag.exec(text)) {
    const name = match[1]!;
    if (!isName(name) || missed.has(name)) continue;
    const isLast = areParams && TEXTS_OF_FILES.has(name);
    const end = isLast ? text.lastIndexOf(`</${name}>`) : text.indexOf(`</${name}>`, tag.lastIndex);
    if (end < tag.lastIndex) {
      missed.add(name);
      if (missed.size > MAX_MISSED) break;
      continue;
    }
    found.push({ name, inside: text.slice(tag.lastIndex, end) });
    tag.lastIndex = end + name.length + 3;
  }
  return found;
}

/** Without the line breaks next to the tags. */
const trimmed = (text: string) => text.replace(/^\n/, "").replace(/\n$/, "");
