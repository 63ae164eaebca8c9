/*
 * Detects regular expressions with quadratic or worse running time, by their structure. Rather reports false
 * positives than misses one:
 *
 * - a repetition without end inside of another one: `(a+)+`;
 * - two in a row that can share a run: `\s*,?\s*`;
 * - one that is followed by something which may fail, where the search can begin anew inside its run: `\s+$`.
 */

/** A repetition bounded by this number does not count as a loop. */
const FEW = 300;

/** Sample characters for testing whether two classes overlap. */
const SAMPLES = [
  ...Array.from({ length: 0x180 }, (_, code) => String.fromCharCode(code)),
  ..."\u0430\u05d0\u200b\u2003\u2028\u2029\u3000\u4e00\ufeff\ufffd",
];
const LINE_BREAKS = "\n\r\u2028\u2029";

type Chars = ReadonlySet<string>;

type Node =
  | { readonly kind: "char"; readonly chars: Chars }
  | { readonly kind: "start" }
  /** `$`, `\b`: takes nothing and may fail. */
  | { readonly kind: "check" }
  | { readonly kind: "look"; readonly body: Node }
  | { readonly kind: "sequence"; readonly items: readonly Node[] }
  | { readonly kind: "choice"; readonly options: readonly Node[] }
  | { readonly kind: "repeat"; readonly body: Node; readonly min: number; readonly max: number };

/** Why an expression is superlinear; `undefined` if it is linear. */
export function superlinearity(source: string, flags: string): string | undefined {
  const root = parse(source, flags);
  return nested(root, false) ?? inBodies(root, (body) => paths(body).map(adjacent).find((one) => one)) ??
    (flags.includes("y") ? undefined : paths(root).map((path) => restarting(path, flags)).find((one) => one));
}

/** A repetition inside of another one. */
function nested(node: Node, inside: boolean): string | undefined {
  switch (node.kind) {
    case "repeat": {
      const endless = node.max > FEW;
      if (endless && inside) return "repeats what is repeated already";
      return nested(node.body, inside || endless);
    }
    case "look":
      return nested(node.body, inside);
    case "sequence":
      return node.items.map((item) => nested(item, inside)).find((one) => one);
    case "choice":
      return node.options.map((option) => nested(option, inside)).find((one) => one);
    default:
      return undefined;
  }
}

/** Judge a whole expression, and the body of each repetition by itself. */
function inBodies(node: Node, problemsOf: (body: Node) => string | undefined): string | undefined {
  const bodies: Node[] = [node];
  const collect = (one: Node): void => {
    if (one.kind === "repeat") bodies.push(one.body);
    if (one.kind === "repeat" || one.kind === "look") collect(one.body);
    if (one.kind === "sequence") one.items.forEach(collect);
    if (one.kind === "choice") one.options.forEach(collect);
  };
  collect(node);
  return bodies.map(problemsOf).find((one) => one);
}

/** Two repetitions in a row, or with nothing between them but what the first one takes, too. */
function adjacent(path: readonly Node[]): string | undefined {
  for (const [i, item] of path.entries()) {
    if (!isEndless(item)) continue;
    const run = charsOf(item);
    for (const next of path.slice(i + 1)) {
      // What the next one can't begin with ends the run for good.
      const shared = firstsOf(next).intersection(run).size > 0;
      if (isEndless(next) && shared) return "repeats what the repetition before it takes, too";
      if (!isNullable(next) && !shared) break;
    }
  }
  return undefined;
}

/** A repetition in whose run the search can begin anew, because what follows it may fail. */
function restarting(path: readonly Node[], flags: string): string | undefined {
  for (const [i, item] of path.entries()) {
    if (!isEndless(item) || !path.slice(i + 1).some(mayFail)) continue;
    const run = charsOf(item);
    const fits = path.slice(0, i).every((before) =>
      before.kind === "start"
        ? flags.includes("m") && [...LINE_BREAKS].some((char) => run.has(char))
        : isNullable(before) || charsOf(before).intersection(run).size > 0
    );
    if (fits) return "is tried anew at each place of a run before it fails";
  }
  return undefined;
}

function isEndless(node: Node): boolean {
  return node.kind === "repeat" && node.max > FEW;
}

function mayFail(node: Node): boolean {
  return node.kind === "check" || node.kind === "look" || !isNullable(node);
}

function isNullable(node: Node): boolean {
  switch (node.kind) {
    case "char":
      return false;
    case "repeat":
      return node.min === 0 || isNullable(node.body);
    case "sequence":
      return node.items.every(isNullable);
    case "choice":
      return node.options.some(isNullable);
    default:
      return true;
  }
}

function charsOf(node: Node): Chars {
  switch (node.kind) {
    case "char":
      return node.chars;
    case "repeat":
    case "look":
      return charsOf(node.body);
    case "sequence":
      return union(node.items);
    case "choice":
      return union(node.options);
    default:
      return new Set();
  }
}

/** What a node can begin with. */
function firstsOf(node: Node): Chars {
  switch (node.kind) {
    case "repeat":
    case "look":
      return firstsOf(node.body);
    case "choice":
      return new Set(node.options.flatMap((option) => [...firstsOf(option)]));
    case "sequence": {
      const end = node.items.findIndex((item) => !isNullable(item));
      const leading = end < 0 ? node.items : node.items.slice(0, end + 1);
      return new Set(leading.flatMap((item) => [...firstsOf(item)]));
    }
    default:
      return charsOf(node);
  }
}

function union(nodes: readonly Node[]): Chars {
  return new Set(nodes.flatMap((node) => [...charsOf(node)]));
}

/** All ways through an expression: a way through each choice, and both with and without what may be left out. */
function paths(node: Node): Node[][] {
  switch (node.kind) {
    case "choice":
      return node.options.flatMap(paths);
    case "sequence":
      return node.items.reduce<Node[][]>(
        (heads, item) => limited(heads.flatMap((head) => paths(item).map((tail) => [...head, ...tail]))),
        [[]],
      );
    case "repeat":
      if (node.max > 1) return [[node]];
      return node.min === 0 ? [[], ...paths(node.body)] : paths(node.body);
    case "look":
      return paths(node.body).map((path) => [...path, { kind: "check" }]);
    default:
      return [[node]];
  }
}

function limited(found: Node[][]): Node[][] {
  if (found.length > 5000) throw new Error("the expression has too many ways through");
  return found;
}

/** Read the source of a regular expression; a class is left to the engine to understand. */
function parse(source: string, flags: string): Node {
  let at = 0;
  const classFlags = flags.replace(/[^iusv]/g, "");
  const charsOfClass = (text: string): Chars => {
    const one = new RegExp(`^(?:${text})$`, classFlags);
    return new Set(SAMPLES.filter((sample) => one.test(sample)));
  };

  function choice(): Node {
    const options = [sequence()];
    while (source[at] === "|") {
      at++;
      options.push(sequence());
    }
    return options.length === 1 ? options[0]! : { kind: "choice", options };
  }

  function sequence(): Node {
    const items: Node[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") items.push(quantified(atom()));
    return { kind: "sequence", items };
  }

  function quantified(body: Node): Node {
    const found = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(source.slice(at));
    if (!found) return body;
    at += found[0].length;
    const [, mark, low, comma, high] = found;
    if (mark !== undefined) {
      return { kind: "repeat", body, min: mark === "+" ? 1 : 0, max: mark === "?" ? 1 : Infinity };
    }
    const min = Number(low);
    return { kind: "repeat", body, min, max: comma === "" ? min : high === "" ? Infinity : Number(high) };
  }

  function atom(): Node {
    const start = at;
    switch (source[at]) {
      case "(":
        return group();
      case "[": {
        for (at++; source[at] !== "]"; at++) if (source[at] === "\\") at++;
        at++;
        return { kind: "char", chars: charsOfClass(source.slice(start, at)) };
      }
      case "^":
        at++;
        return { kind: "start" };
      case "$":
        at++;
        return { kind: "check" };
      case "\\": {
        const escape = /^\\(?:[pP]\{[^}]*\}|u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|.)/s
          .exec(source.slice(at))![0];
        at += escape.length;
        if (escape === "\\b" || escape === "\\B") return { kind: "check" };
        // A reference to a group may stand for anything, again and again.
        if (/^\\[1-9k]/.test(escape)) {
          const body: Node = { kind: "char", chars: new Set(SAMPLES) };
          return { kind: "repeat", body, min: 0, max: Infinity };
        }
        return { kind: "char", chars: charsOfClass(escape) };
      }
      default:
        at++;
        return { kind: "char", chars: charsOfClass(source.slice(start, at)) };
    }
  }

  function group(): Node {
    const head = /^\((?:\?(?:[:=!]|<[=!]|<[^>]+>))?/.exec(source.slice(at))![0];
    at += head.length;
    const body = choice();
    at++; // the closing bracket
    return /^\(\?<?[=!]$/.test(head) ? { kind: "look", body } : body;
  }

  return choice();
}
