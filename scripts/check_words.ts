/**
 * Checks the vocabulary of docs/glossary.md: words of its table "Not used" must not occur in names, and its phrases
 * not in comments, messages or pages. Prints each violation and exits 1.
 */
import { join } from "node:path";
import { root } from "./root.ts";

/** A row of the table: a word, its replacement, and names that may contain it. */
export interface UnusedWord {
  /** Single words are searched in parts of names, phrases in any text. */
  readonly word: string;
  readonly instead: string;
  readonly except: ReadonlySet<string>;
}

/** The rows of the table below the heading "Not used". */
export function readTable(markdown: string): UnusedWord[] {
  const section = markdown.split(/^## /m).find((part) => part.startsWith("Not used")) ?? "";
  return section.split("\n").filter((line) => line.startsWith("| `")).flatMap((line) => {
    const [, words = "", instead = "", except = ""] = line.split("|");
    return quoted(words).map((word) => ({ word, instead: instead.trim(), except: new Set(quoted(except)) }));
  });
}

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);
}

/** A violation with its line number. */
export interface Offence {
  readonly line: number;
  readonly found: string;
  readonly instead: string;
}

/** Find violations in the names of a TypeScript file. */
export function findInNames(code: string, table: readonly UnusedWord[]): Offence[] {
  const words = new Map(table.filter(({ word }) => !word.includes(" ")).map((row) => [row.word, row]));
  const found: Offence[] = [];
  withoutTexts(code).split("\n").forEach((line, i) => {
    for (const [name] of line.matchAll(/[A-Za-z_$][\w$]*/g)) {
      for (const part of partsOf(name)) {
        const row = words.get(part);
        if (row && !row.except.has(name)) found.push({ line: i + 1, found: name, instead: row.instead });
      }
    }
  });
  return found;
}

/** Find violations in any text: comments, messages, pages. */
export function findInText(text: string, table: readonly UnusedWord[]): Offence[] {
  return table.filter(({ word }) => word.includes(" ")).flatMap((row) => {
    const found: Offence[] = [];
    // A phrase may be broken over two lines of a comment.
    const folded = text.replace(/\n[ \t]*(?:\*|\/\/)?/g, (gap) => `\n${" ".repeat(gap.length - 1)}`);
    const pattern = new RegExp(`\\b${row.word.split(" ").join("\\s+")}\\b`, "gi");
    for (const match of folded.matchAll(pattern)) {
      found.push({
        line: folded.slice(0, match.index).split("\n").length,
        found: row.word,
        instead: row.instead,
      });
    }
    return found;
  });
}

/** The parts of a name in lower case: `readHTTPHead` and `READ_HTTP_HEAD` give `read`, `http`, `head`. */
export function partsOf(name: string): string[] {
  return (name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((part) => part.toLowerCase());
}

/** The code with comments and strings blanked, preserving lines. */
function withoutTexts(code: string): string {
  const text = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;
  return code.replace(text, (found) => found.replace(/[^\n]/g, " "));
}

const FOLDERS = ["lib", "tests", "scripts", "bench", "docs"];
const FILES = ["main.ts", "mod.ts", "README.md", "CONTRIBUTING.md", "SECURITY.md"];
/** The table itself, its check, and the specification, which quotes the words of the program that it describes. */
const SKIPPED = /^docs\/(?:glossary\.md|spec\/)|^scripts\/check_words(?:_test)?\.ts$/;

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* filesBelow(path);
    else if (/\.(?:ts|md)$/.test(path) && !SKIPPED.test(path)) yield path;
  }
}

async function* allFiles(): AsyncGenerator<string> {
  yield* FILES;
  for (const folder of FOLDERS) yield* filesBelow(folder);
}

async function main(): Promise<void> {
  const table = readTable(await Deno.readTextFile(join(root, "docs/glossary.md")));
  let offences = 0;
  for await (const path of allFiles()) {
    const text = await Deno.readTextFile(join(root, path));
    const found = [...path.endsWith(".ts") ? findInNames(text, table) : [], ...findInText(text, table)];
    offences += found.length;
    for (const { line, found: what, instead } of found) {
      console.error(`${path}:${line}: "${what}" is not used (docs/glossary.md); say ${instead}`);
    }
  }
  if (table.length === 0) console.error('docs/glossary.md has no table "Not used"');
  if (offences > 0 || table.length === 0) Deno.exit(1);
}

if (import.meta.main) await main();
