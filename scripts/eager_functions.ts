/**
 * Functions that V8 compiles when it loads a file, instead of reading them twice: once to find where they end, and
 * once more when they are called. It takes a function that stands in parentheses for one that is about to be called.
 * The executable keeps no compiled code (docs/threat_model.md 25), so a decision, which calls three hundred functions
 * once each, is where this saves most (docs/performance.md).
 */
import { parseAst } from "rollup/parseAst";

/** Where a function stands in a file. */
export interface FunctionRange {
  readonly start: number;
  readonly end: number;
}

interface Node extends FunctionRange {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** A text to put at a place. */
interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * Put functions of a module in parentheses.
 *
 * A declaration becomes a variable in front of everything but imports, as it is known from the start too. Methods, and
 * declarations inside of functions, stay as they are.
 *
 * @param text the module, which no module that it imports imports in turn
 * @param called the functions that V8 is to compile at once
 */
export function markEager(text: string, called: readonly FunctionRange[]): string {
  if (called.length === 0) return text;
  const wanted = new Set(called.map(keyOf));
  const isWanted = (node: Node) => FUNCTION.test(node.type) && wanted.has(keyOf(node));
  const program = parseAst(text) as unknown as Node;
  const statements = program.body as readonly Node[];
  const insertions: Insertion[] = [];
  visit(program, (node, parent) => {
    if (!isWanted(node) || node.type === "FunctionDeclaration" || isMethod(node, parent)) return;
    // V8 takes no hint from what stands around an async arrow function.
    if (node.type === "ArrowFunctionExpression" && node.async === true) return;
    insertions.push({ at: node.start, text: "(" }, { at: node.end, text: ")" });
  });
  const part = partsOf(text, insertions);
  const importEnd = statements.findLast(({ type }) => type === "ImportDeclaration")?.end ?? 0;
  let [variables, rest, at] = ["", "", importEnd];
  for (const statement of statements) {
    if (statement.end <= importEnd) continue;
    // With what stands before it: a comment that says that a function has no side effects must not come before another.
    const before = part(at, statement.start);
    const own = part(statement.start, statement.end);
    at = statement.end;
    if (statement.type === "FunctionDeclaration" && isWanted(statement)) {
      variables += `${before}\nvar ${(statement.id as Node).name} = (${own});`;
    } else {
      rest += before + own;
    }
  }
  return text.slice(0, importEnd) + variables + "\n" + rest + part(at, text.length);
}

const FUNCTION = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;

const keyOf = ({ start, end }: FunctionRange) => `${start} ${end}`;

/** Whether a function is the value of `{ name() {} }` or of a class: it has no expression of its own. */
function isMethod(node: Node, parent: Node): boolean {
  if (node.type !== "FunctionExpression") return false;
  if (parent.type === "MethodDefinition") return true;
  return parent.type === "Property" && (parent.method === true || parent.kind !== "init");
}

/** Visit all nodes below one, in the order of the text. */
function visit(parent: Node, see: (node: Node, parent: Node) => void): void {
  for (const value of Object.values(parent)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type !== "string") continue;
      see(child, parent);
      visit(child, see);
    }
  }
}

/** Cut parts out of a text in their order, with what is to be put in. */
function partsOf(text: string, insertions: readonly Insertion[]): (start: number, end: number) => string {
  const inOrder = insertions.toSorted((a, b) => a.at - b.at);
  let next = 0;
  return (start, end) => {
    const pieces: string[] = [];
    let at = start;
    for (; next < inOrder.length; next++) {
      const { at: place, text: put } = inOrder[next]!;
      if (place > end || (place === end && put === "(")) break;
      pieces.push(text.slice(at, place), put);
      at = place;
    }
    return pieces.join("") + text.slice(at, end);
  };
}
