/**
 * Which modules a module needs. Many import from a `mod.ts`, which only passes on what other modules export: of those
 * they need the ones alone whose exports they name.
 */

/** Looks at modules, by their paths. */
export interface Modules {
  /** The statements of a module, as a parser gives them. */
  readonly statementsOf: (path: string) => readonly Statement[];
  /** What a module exports by names of its own, without those of an `export *`. */
  readonly exportsOf: (path: string) => readonly string[];
  /** The module that a specifier names in a module; `undefined` for one of a package. */
  readonly resolve: (specifier: string, path: string) => string | undefined;
}

/** A statement, with what it imports or exports. */
export interface Statement {
  readonly type: string;
  readonly source?: { readonly value: unknown } | null;
  readonly specifiers?: readonly Specifier[];
  /** Of `export * as name`. */
  readonly exported?: Name | null;
}

interface Specifier {
  readonly type: string;
  readonly local: Name;
  readonly imported?: Name;
  readonly exported?: Name;
}

/** An identifier, or a text in its place. */
interface Name {
  readonly name?: string;
  readonly value?: unknown;
}

/** The modules that a module needs at once, without those of packages, and without what is passed on and not named. */
export function usedImports(path: string, modules: Modules): string[] {
  const used = new Set<string>();
  for (const statement of modules.statementsOf(path)) {
    const target = targetOf(statement, path, modules);
    if (target === undefined) continue;
    const names = namesIn(statement);
    if (names === undefined) used.add(target);
    else for (const name of names) used.add(definedIn(name, target, modules));
  }
  return [...used];
}

/** What a statement takes from another module by name; `undefined` for all of it, or for its effects alone. */
function namesIn({ specifiers = [] }: Statement): string[] | undefined {
  if (specifiers.length === 0 || specifiers.some(({ type }) => type === "ImportNamespaceSpecifier")) {
    return undefined;
  }
  return specifiers.map(({ type, imported, local }) =>
    type === "ImportDefaultSpecifier" ? "default" : textOf(imported ?? local)
  );
}

/** The module that a name comes from; the one that passes it on where that can't be seen. */
function definedIn(name: string, path: string, modules: Modules): string {
  const statements = modules.statementsOf(path);
  if (!statements.every(({ type, source }) => source && type.startsWith("Export"))) return path;
  for (const statement of statements) {
    const target = targetOf(statement, path, modules);
    if (target === undefined) continue;
    if (statement.type === "ExportAllDeclaration") {
      if (!statement.exported && allExports(target, modules).has(name)) {
        return definedIn(name, target, modules);
      }
      continue;
    }
    const passed = statement.specifiers?.find(({ exported, local }) => textOf(exported ?? local) === name);
    if (passed) return definedIn(textOf(passed.local), target, modules);
  }
  return path;
}

/** All names that a module exports, those of an `export *` too. */
function allExports(path: string, modules: Modules): Set<string> {
  const names = new Set(modules.exportsOf(path));
  for (const statement of modules.statementsOf(path)) {
    if (statement.type !== "ExportAllDeclaration" || statement.exported) continue;
    const target = targetOf(statement, path, modules);
    if (target !== undefined) { for (const name of allExports(target, modules)) names.add(name); }
  }
  return names;
}

function targetOf({ source }: Statement, path: string, { resolve }: Modules): string | undefined {
  return typeof source?.value === "string" ? resolve(source.value, path) : undefined;
}

function textOf({ name, value }: Name): string {
  return name ?? String(value);
}
