import { compareBytewise } from "../../formats/bytes.ts";
import { type Found, TAG } from "./found.ts";
import { Lines } from "./tokens.ts";

/*
 * Tools of a Python file by text alone, exactly as the existing program finds them (docs/spec/scout.md section 1):
 * all functions of a file that contains the marks of a framework. Comments and strings are searched as well.
 */

/** A name with its offset. */
interface Place {
  readonly name: string;
  readonly at: number;
}

/** A presumed tool. */
export interface PresumeOptions {
  /** The name used for a file that defines no function: the file name without extension. */
  readonly stem?: string;
  /** Include asynchronous functions. */
  readonly asynchronous?: boolean;
}

/** The tools found by the marks of LangChain and the OpenAI Agents SDK, sorted by framework and name. */
export function presumeFromText(text: string, { stem, asynchronous = false }: PresumeOptions): Found[] {
  if (!MARKS.test(text)) return [];
  const langchain = hasLangchain(text);
  const openai = hasOpenAiAgents(text);
  if (!langchain && !openai) return [];
  const functions = definitions(text, asynchronous ? "async" : "");
  const defined: readonly (Place | { name: string })[] = functions.length === 0 && stem !== undefined
    ? [{ name: stem }]
    : functions;
  return [
    ...(langchain ? itemsOf(text, defined, TAG.langchain) : []),
    ...(openai
      ? itemsOf(
        text,
        [...nameArguments(text), ...defined].filter(({ name }) => name !== ""),
        TAG.openaiAgents,
      )
      : []),
  ];
}

/** Matches the beginning of every mark, so that a single search rules out most files. */
const MARKS = /@tool|Tool\(|Tool\.from|@function_tool|from agents|openai\.agents|tools=\[/;

/** The frameworks whose marks a file contains, whether or not it has tools. */
export function frameworksFromText(text: string): string[] {
  return [
    ...(hasLangchain(text) ? [TAG.langchain] : []),
    ...(hasOpenAiAgents(text) ? [TAG.openaiAgents] : []),
  ];
}

function hasLangchain(text: string): boolean {
  return text.includes("StructuredTool.from_function") || text.includes("Tool(") ||
    hasDecorator(text, "@tool");
}

function hasOpenAiAgents(text: string): boolean {
  return text.includes("from agents import") || text.includes("openai.agents") || text.includes("tools=[") ||
    hasDecorator(text, "@function_tool");
}

/** The distinct names, each with its first position. */
function itemsOf(text: string, places: readonly (Place | { name: string })[], tag: string): Found[] {
  const first = new Map<string, number | undefined>();
  for (const place of places) {
    if (!first.has(place.name)) first.set(place.name, "at" in place ? place.at : undefined);
  }
  const lines = new Lines(text);
  return [...first].sort(([a], [b]) => compareBytewise(a, b)).map(([name, at]) => ({
    kind: "tool",
    name,
    tag,
    ...(at === undefined ? {} : { line: lines.lineOf(at) }),
  }));
}

/** `^\s*def\s+(NAME)\s*\(`; optionally with `async` before it. */
function definitions(text: string, before: string): Place[] {
  const found: Place[] = [];
  for (let at = text.indexOf("def"); at >= 0; at = text.indexOf("def", at)) {
    const nameAt = skipBlanks(text, at + 3);
    const end = endOfIdentifier(text, nameAt);
    const isDefinition = nameAt > at + 3 && end > nameAt && text[skipBlanks(text, end)] === "(" &&
      (beginsLine(text, at) || before !== "" && beginsLine(text, startOfWord(text, at, before)));
    if (isDefinition) found.push({ name: text.slice(nameAt, end), at });
    at = isDefinition ? end : at + 3;
  }
  return found;
}

/** `^\s*@tool(?:\s*\(|\s*$)` for the given decorator. */
function hasDecorator(text: string, decorator: string): boolean {
  for (let at = text.indexOf(decorator); at >= 0; at = text.indexOf(decorator, at + 1)) {
    const behind = at + decorator.length;
    const next = skipBlanks(text, behind);
    const ends = next === text.length || text[next] === "(" || text.slice(behind, next).includes("\n");
    if (ends && beginsLine(text, at)) return true;
  }
  return false;
}

/** `(?:name|tool_name)\s*=\s*['"]([A-Za-z0-9._:-]+)['"]`, also as the end of a longer word. */
function nameArguments(text: string): Place[] {
  const found: Place[] = [];
  for (let at = text.indexOf("name"); at >= 0; at = text.indexOf("name", at)) {
    const equals = skipBlanks(text, at + 4);
    const open = skipBlanks(text, equals + 1);
    let end = open + 1;
    const isOpen = text[equals] === "=" && (text[open] === '"' || text[open] === "'");
    if (isOpen) { while (end < text.length && /[A-Za-z0-9._:-]/.test(text[end]!)) end++; }
    const isName = isOpen && end > open + 1 && (text[end] === '"' || text[end] === "'");
    if (isName) found.push({ name: text.slice(open + 1, end), at });
    at = isName ? end + 1 : at + 4;
  }
  return found;
}

/** Whether there is only white space before an offset on its line. */
function beginsLine(text: string, at: number): boolean {
  for (let i = at - 1; i >= 0 && text[i] !== "\n"; i--) {
    if (!isBlank(text.charCodeAt(i))) return false;
  }
  return true;
}

/** The start of the word directly before an offset on its line; the offset itself if there is none. */
function startOfWord(text: string, at: number, word: string): number {
  let end = at;
  while (end > 0 && text[end - 1] !== "\n" && isBlank(text.charCodeAt(end - 1))) end--;
  return end < at && text.slice(end - word.length, end) === word ? end - word.length : at;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** Tab, LF, FF, CR and space only. */
function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0c || unit === 0x0d;
}

function endOfIdentifier(text: string, from: number): number {
  let at = from;
  while (at < text.length && /[A-Za-z0-9_]/.test(text[at]!)) at++;
  return at > from && /[0-9]/.test(text[from]!) ? from : at;
}
