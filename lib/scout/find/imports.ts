import { stringAt } from "./string_value.ts";
import { KIND, type Tokens } from "./tokens.ts";
import { dottedName } from "./values.ts";

/** Resolves the imported names of a file: `module.name` in Python, `module#name` in JavaScript. */
export interface Imports {
  /** The imported modules, as spelled in the file. */
  readonly modules: ReadonlySet<string>;
  /** The import that a name or a dotted name resolves to; `undefined` if it was not imported. */
  readonly resolve: (dotted: string) => string | undefined;
}

/** The imports of a Python file, at any depth of indentation. */
export function pythonImports(tokens: Tokens): Imports {
  const names = new Map<string, string>();
  const modules = new Set<string>();
  for (let i = 0; i < tokens.length; i++) {
    if (i > 0 && tokens.kind(i - 1) !== KIND.newline) continue;
    if (tokens.isName(i, "import")) readImport(tokens, i + 1, names, modules);
    else if (tokens.isName(i, "from")) readFrom(tokens, i + 1, names, modules);
  }
  return {
    modules,
    resolve(dotted) {
      const dot = dotted.indexOf(".");
      const head = names.get(dot < 0 ? dotted : dotted.slice(0, dot));
      return head === undefined ? undefined : dot < 0 ? head : head + dotted.slice(dot);
    },
  };
}

/** `import a.b, c as d` */
function readImport(tokens: Tokens, from: number, names: Map<string, string>, modules: Set<string>): void {
  for (let i = from; tokens.kind(i) === KIND.name;) {
    const { name, end } = dottedName(tokens, i, tokens.length);
    modules.add(name);
    const renamed = tokens.isName(end, "as") ? tokens.nameAt(end + 1) : "";
    const root = name.split(".", 1)[0]!;
    names.set(renamed || root, renamed ? name : root);
    i = renamed ? end + 2 : end;
    if (!tokens.is(i, ",")) return;
    i++;
  }
}

/** `from a.b import c as d, e` and the same with brackets. */
function readFrom(tokens: Tokens, from: number, names: Map<string, string>, modules: Set<string>): void {
  let i = from;
  while (tokens.is(i, ".")) i++;
  const isRelative = i > from;
  let module = "";
  if (!tokens.isName(i, "import")) {
    const dotted = dottedName(tokens, i, tokens.length);
    [module, i] = [dotted.name, dotted.end];
  }
  if (!tokens.isName(i, "import")) return;
  if (isRelative) module = `.${module}`;
  modules.add(module);
  i++;
  if (tokens.is(i, "(")) i++;
  while (tokens.kind(i) === KIND.name) {
    const name = tokens.textOf(i);
    const renamed = tokens.isName(i + 1, "as") ? tokens.nameAt(i + 2) : "";
    names.set(renamed || name, `${module}.${name}`);
    i += renamed ? 3 : 1;
    if (!tokens.is(i, ",")) return;
    i++;
  }
}

/** The imports of a JavaScript or TypeScript file: `import`, `import()` and `require()`. */
export function scriptImports(tokens: Tokens): Imports {
  const names = new Map<string, string>();
  const modules = new Set<string>();
  for (let i = 0; i < tokens.length; i++) {
    if (tokens.isName(i, "from") && tokens.kind(i + 1) === KIND.string) {
      const module = stringAt(tokens, i + 1);
      modules.add(module);
      readClause(tokens, i - 1, module, names);
    } else if (
      (tokens.isName(i, "require") || tokens.isName(i, "import")) && tokens.is(i + 1, "(") &&
      tokens.kind(i + 2) === KIND.string && tokens.is(i + 3, ")")
    ) {
      const module = stringAt(tokens, i + 2);
      modules.add(module);
      const equals = tokens.isName(i - 1, "await") ? i - 2 : i - 1;
      if (tokens.is(equals, "=")) readClause(tokens, equals - 1, module, names, "*");
    }
  }
  return {
    modules,
    resolve(dotted) {
      const dot = dotted.indexOf(".");
      const head = names.get(dot < 0 ? dotted : dotted.slice(0, dot));
      if (head === undefined || dot < 0) return head;
      return head.endsWith("#*") || head.endsWith("#default")
        ? `${head.slice(0, head.lastIndexOf("#") + 1)}${dotted.slice(dot + 1)}`
        : undefined;
    },
  };
}

/** The names before `from "module"` or `= require("module")`, read backwards from the last token. */
function readClause(
  tokens: Tokens,
  last: number,
  module: string,
  names: Map<string, string>,
  whole = "default",
): void {
  let i = last;
  if (tokens.is(i, "}")) {
    const open = tokens.partner(i);
    for (let at = open + 1; at < i && open < i;) {
      if (tokens.isName(at, "type") && tokens.kind(at + 1) === KIND.name) at++;
      const name = tokens.nameAt(at);
      const renamed = tokens.isName(at + 1, "as") || tokens.is(at + 1, ":") ? tokens.nameAt(at + 2) : "";
      if (name !== "") names.set(renamed || name, `${module}#${name}`);
      while (at < i && !tokens.is(at, ",")) at++;
      at++;
    }
    i = open - 1;
    if (tokens.is(i, ",")) i--;
  }
  const name = tokens.nameAt(i);
  if (name === "" || name === "import" || name === "type" || name === "const" || name === "let") return;
  names.set(name, `${module}#${tokens.isName(i - 1, "as") && tokens.is(i - 2, "*") ? "*" : whole}`);
}
