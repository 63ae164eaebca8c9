import { Session } from "node:inspector";

/*
 * Counts what code does instead of measuring how long it takes: the same on every machine and every run.
 *
 * Two things are added up. The engine counts how often each block of code ran (precise coverage), bodies of loops and
 * callbacks among them. What it does by itself, searching a text or copying a list, is counted by the number of
 * items that it had to look at, by functions that stand in for the built-in ones during a measurement. So a loop that
 * goes through a list for each item of a list shows, whether it is written out, done by `includes()`, or by `[...list]`.
 *
 * Not counted are copies of objects by `{...object}`.
 */

/** Do a step and tell how much work it was, and with which error it ended. */
export type CountWork = (step: () => unknown) => Promise<{ readonly work: number; readonly error?: unknown }>;

/** How often blocks ran since it was last asked, once the engine counts; the process ends before it stops to. */
let counting: Promise<() => Promise<number>> | undefined;

/**
 * Make the engine count. It throws all compiled code away for that, and again when it stops, so a file of tests does it
 * once.
 */
async function startCounting(): Promise<() => Promise<number>> {
  const session = new Session();
  session.connect();
  const post = (method: string, parameters?: object) =>
    new Promise<Any>((resolve, reject) =>
      // The types know some methods only.
      (session.post as Any)(
        method,
        parameters,
        (error: unknown, result: unknown) => error ? reject(error) : resolve(result),
      )
    );
  await post("Profiler.enable");
  await post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return async () => {
    const { result } = await post("Profiler.takePreciseCoverage");
    let sum = 0;
    for (const { url, functions } of result) {
      if (!isCounted(url)) continue;
      for (const { ranges } of functions) for (const { count } of ranges) sum += count;
    }
    return sum;
  };
}

/** Count work for the duration of a test. */
export async function countingWork(body: (count: CountWork) => Promise<void>): Promise<void> {
  const blocks = await (counting ??= startCounting());
  await body(async (step) => {
    await blocks(); // starts anew
    const { looked, restore } = standIn();
    const ended: { error?: unknown } = {};
    try {
      await step();
    } catch (error) {
      ended.error = error;
    } finally {
      restore();
    }
    return { work: await blocks() + looked(), ...ended };
  });
}

/** The program and the packages that it uses. */
function isCounted(url: string): boolean {
  return /^file:.*\/lib\/|_samples\.ts$/.test(url) || /\/registry\.npmjs\.org\/|^npm:/.test(url);
}

// deno-lint-ignore no-explicit-any -- functions of any kind
type Any = any;

/** How many items a call looks at, by what it is called on, its arguments and its result. */
type Cost = (self: Any, args: readonly Any[], result: Any) => number;

const whole: Cost = (self) => self.length;
const made: Cost = (_self, _args, result) => result?.length ?? 0;
/** A search from a place up to where something is found. */
const searched: Cost = (self, [, from = 0], found) => (found < 0 ? self.length : found + 1) - Number(from);
const sizes: Cost = (self, [other]) => self.size + (other?.size ?? 0);
const keys: Cost = (_self, [object]) => Reflect.ownKeys(Object(object)).length;

const TEXT: Readonly<Record<string, Cost>> = {
  indexOf: searched,
  includes: (self, [text, from = 0], found) => found ? text.length : self.length - from,
  lastIndexOf: whole,
  replace: whole,
  replaceAll: whole,
  split: whole,
  trim: (self, _args, result) => self.length - result.length + 1,
  trimEnd: (self, _args, result) => self.length - result.length + 1,
  trimStart: (self, _args, result) => self.length - result.length + 1,
  normalize: whole,
  toLowerCase: whole,
  toUpperCase: whole,
  toWellFormed: whole,
  isWellFormed: whole,
  localeCompare: whole,
  repeat: made,
  padEnd: made,
  padStart: made,
  startsWith: (_self, [text]) => text.length,
  endsWith: (_self, [text]) => text.length,
};

const LIST: Readonly<Record<string, Cost>> = {
  indexOf: searched,
  lastIndexOf: whole,
  includes: whole,
  shift: whole,
  unshift: whole,
  splice: (self, [start = 0], removed) => (start < 0 ? -start : self.length - start) + removed.length,
  slice: made,
  concat: made,
  join: whole,
  reverse: whole,
  toReversed: whole,
  toSorted: whole,
  sort: whole,
  fill: whole,
  copyWithin: whole,
  flat: made,
};

const BYTES: Readonly<Record<string, Cost>> = {
  indexOf: searched,
  lastIndexOf: whole,
  includes: whole,
  slice: made,
  set: (_self, [source]) => source.length,
  join: whole,
  sort: whole,
  fill: (self, [, from = 0, to = self.length]) => to - from,
  copyWithin: (self, [, from = 0, to = self.length]) => to - from,
};

const SETS: Readonly<Record<string, Cost>> = Object.fromEntries(
  [
    "isSubsetOf",
    "isSupersetOf",
    "isDisjointFrom",
    "intersection",
    "union",
    "difference",
    "symmetricDifference",
  ]
    .map((name) => [name, sizes]),
);

const one: Cost = () => 1;

function standIn(): { looked: () => number; restore: () => void } {
  let looked = 0;
  const undo: (() => void)[] = [];
  const wrap = (holder: Any, costs: Readonly<Record<string | symbol, Cost>>) => {
    for (const name of Reflect.ownKeys(costs)) {
      const own = Object.getOwnPropertyDescriptor(holder, name);
      const given = own?.value;
      const cost = costs[name]!;
      if (typeof given !== "function") continue;
      const counted = function (this: Any, ...args: Any[]) {
        const result = Reflect.apply(given, this, args);
        looked += cost(this, args, result);
        return result;
      };
      Object.defineProperty(holder, name, { ...own, value: counted });
      undo.push(() => Object.defineProperty(holder, name, own!));
    }
  };
  const prototypeOf = (value: Any) => Object.getPrototypeOf(value);
  wrap(String.prototype, TEXT);
  wrap(Array.prototype, LIST);
  wrap(prototypeOf(Uint8Array.prototype), BYTES);
  wrap(Set.prototype, SETS);
  // What an expression walks over; that it does so in linear time is shown by scripts/lint/regex_cost.ts.
  const exec = RegExp.prototype.exec;
  RegExp.prototype.exec = function (text) {
    const from = this.global || this.sticky ? this.lastIndex : 0;
    const match = Reflect.apply(exec, this, [text]);
    looked += match ? match.index + match[0].length - from + 1 : this.sticky ? 1 : String(text).length - from;
    return match;
  };
  undo.push(() => RegExp.prototype.exec = exec);
  // Lists, texts, maps and sets that are spread, looped over or made into another.
  for (const iterator of [[].values(), ""[Symbol.iterator](), new Map().entries(), new Set().values()]) {
    wrap(prototypeOf(iterator), { next: one });
  }
  wrap(Object, {
    keys,
    values: keys,
    entries: keys,
    fromEntries: one,
    assign: (_self, [, from]) => keys(_self, [from], 0),
  });
  wrap(JSON, { parse: (_self, [text]) => text.length, stringify: made });
  wrap(TextDecoder.prototype, { decode: (_self, [bytes]) => bytes?.byteLength ?? 0 });
  wrap(TextEncoder.prototype, { encode: made });
  wrap(prototypeOf(crypto.subtle), { digest: (_self, [, bytes]) => bytes.byteLength });
  return { looked: () => looked, restore: () => undo.toReversed().forEach((step) => step()) };
}
