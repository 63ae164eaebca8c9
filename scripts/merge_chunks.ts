/**
 * Merges chunks that are always loaded together into one file: opening, reading and linking a file costs Deno about a
 * third of a millisecond, and the bundler creates dozens of them. Each module keeps its own scope and instance; a
 * stub at the place of a chunk re-exports its bindings.
 */

/** A chunk as the bundler writes it: imports at its head, exports at its end. */
export interface Chunk {
  readonly imports: readonly Import[];
  readonly body: string;
  readonly exports: readonly Binding[];
}

interface Import {
  readonly from: string;
  readonly bindings: readonly Binding[];
}

/** `inner as outer`, from the side of the module that has it. */
interface Binding {
  readonly inner: string;
  readonly outer: string;
}

/** Chunks that become one file, each behind those that it imports. */
export interface Group {
  readonly file: string;
  readonly chunks: readonly string[];
}

const IMPORT = /\s*import(?:\{([^}]*)\}from)?"\.\/([^"]+)";/y;
/** Licences of packages may stand behind the exports. */
const EXPORT = /export\{([^{}]*)\};?((?:\s*\/\*[^]*?\*\/)*)\s*$/;

/** Take a chunk apart; `undefined` when it has another form. */
export function parseChunk(text: string): Chunk | undefined {
  const imports: Import[] = [];
  let at = 0;
  for (IMPORT.lastIndex = 0;; at = IMPORT.lastIndex) {
    const found = IMPORT.exec(text);
    if (!found) break;
    imports.push({ from: found[2]!, bindings: bindingsOf(found[1] ?? "") });
  }
  const rest = text.slice(at);
  const exported = EXPORT.exec(rest);
  const body = exported ? rest.slice(0, exported.index) + exported[2] : rest;
  if (
    /(^|[;}\n])(import[{"*]|export[{*]|export (default|const|function|class) )/.test(body) ||
    body.includes("import.meta")
  ) return undefined;
  return { imports, body, exports: bindingsOf(exported?.[1] ?? "") };
}

function bindingsOf(list: string): Binding[] {
  return list.split(",").filter((item) => item.trim() !== "").map((item) => {
    const [inner, outer = inner] = item.trim().split(/\s+as\s+/) as [string, string?];
    return { inner, outer };
  });
}

/** All chunks that come with a chunk, itself last; each behind those that it imports. */
export function closureOf(root: string, chunks: ReadonlyMap<string, Chunk>): string[] {
  const found = new Set<string>();
  const entered = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    if (entered.has(name)) throw new Error(`Cannot merge chunks: "${name}" imports itself`);
    entered.add(name);
    const chunk = chunks.get(name);
    if (!chunk) throw new Error(`Cannot merge chunks: "${name}" can't be taken apart`);
    for (const { from } of chunk.imports) visit(from);
    found.add(name);
  };
  visit(root);
  return [...found];
}

/**
 * The chunk of a dynamically imported module, found by the bundler entry that re-exports the same module: both import
 * the same bindings from the same chunk.
 */
export function equivalentChunk(entry: string, chunks: ReadonlyMap<string, Chunk>): string {
  const signature = (name: string) => {
    const { imports, exports, body } = chunks.get(name)!;
    const sourceOf = (wanted: string) =>
      imports.flatMap(({ from, bindings }) =>
        bindings.filter(({ outer }) => outer === wanted).map(({ inner }) => `${inner} of ${from}`)
      );
    return [body.trim(), ...exports.map(({ inner, outer }) => `${sourceOf(inner)} as ${outer}`).sort()].join(
      "\n",
    );
  };
  const wanted = signature(entry);
  const found = [...chunks.keys()].filter((name) => name !== entry && signature(name) === wanted);
  if (found.length !== 1) throw new Error(`Cannot merge chunks: "${found}" are like "${entry}"`);
  return found[0]!;
}

/** Text of every file that merging makes or changes: the groups, the stubs, and `entry`. */
export function mergeChunks(
  chunks: ReadonlyMap<string, Chunk>,
  groups: readonly Group[],
  entry: string,
): Map<string, string> {
  const home = new Map<string, { file: string; id: string }>();
  for (const { file, chunks: names } of groups) {
    for (const name of names) home.set(name, { file, id: `$${home.size}` });
  }
  const made = new Map<string, string>();
  for (const { file, chunks: names } of groups) {
    const needed = new Map<string, Set<string>>();
    const modules = names.map((name) => {
      const { imports, body, exports } = chunks.get(name)!;
      const result = exports.map(({ inner, outer }) => `${outer}:${inner}`).join(",");
      const heads = imports.map((one) => takeFrom(one, home, file, needed)).join("");
      return `const ${home.get(name)!.id}=(()=>{${heads}${direct(body, home, file)};return{${result}}})();\n`;
    });
    const ids = names.map((name) => home.get(name)!.id).join(",");
    made.set(file, `${importLines(needed)}${modules.join("")}export{${ids}};\n`);
    for (const name of names) made.set(name, stubOf(chunks.get(name)!, home.get(name)!));
  }
  const { imports, body } = chunks.get(entry)!;
  const needed = new Map<string, Set<string>>();
  const heads = imports.map((one) => takeFrom(one, home, entry, needed)).join("");
  made.set(entry, `${importLines(needed)}${heads}${direct(body, home, entry)}`);
  return made;
}

type Home = ReadonlyMap<string, { readonly file: string; readonly id: string }>;

/** What stands for an import inside a merged file. */
function takeFrom(
  { from, bindings }: Import,
  home: Home,
  file: string,
  needed: Map<string, Set<string>>,
): string {
  const place = home.get(from);
  if (!place) throw new Error(`Cannot merge chunks: "${from}" is in no group`);
  if (place.file !== file) {
    const ids = needed.get(place.file) ?? new Set();
    needed.set(place.file, ids.add(place.id));
  }
  if (bindings.length === 0) return "";
  return `const{${bindings.map(({ inner, outer }) => `${inner}:${outer}`).join(",")}}=${place.id};`;
}

function importLines(needed: ReadonlyMap<string, ReadonlySet<string>>): string {
  return [...needed].map(([file, ids]) => `import{${[...ids].join(",")}}from"./${file}";\n`).join("");
}

/** Dynamic imports of merged chunks lead to where they are now. */
function direct(body: string, home: Home, file: string): string {
  return body.replace(/(\bimport|\$loadChunk)\("\.\/([^"]+)"\)/g, (whole, load, name) => {
    const place = home.get(name);
    if (!place) return whole;
    return place.file === file
      ? `Promise.resolve(${place.id})`
      : `${load}("./${place.file}").then(($)=>$.${place.id})`;
  });
}

/** Where a chunk was: for those that import it from there. */
function stubOf({ exports }: Chunk, { file, id }: { file: string; id: string }): string {
  const taken = exports.map(({ outer }, i) => `_${i}=${id}.${outer}`).join(",");
  const named = exports.map(({ outer }, i) => `_${i} as ${outer}`).join(",");
  return `import{${id}}from"./${file}";${taken === "" ? "" : `const ${taken};`}export{${named}};\n`;
}
