import { invalidInput } from "../../errors/mod.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";

/** Kinds of the lines in which VS Code writes down how a chat changed. */
const SNAPSHOT = 0;
const SET = 1;
const PUSH = 2;
const DELETE = 3;

/** Whether lines are a journal of a chat: the first is its state, the others change it. */
export function isJournal(values: readonly JsonValue[]): boolean {
  const [first, ...others] = values;
  return isJsonObject(first) && first.kind === SNAPSHOT && isJsonObject(first.v) &&
    Array.isArray(first.v.requests) &&
    others.every((line) => isJsonObject(line) && typeof line.kind === "number");
}

/**
 * The chat that a journal ends with, and the requests that were removed from it on the way: a question that is asked
 * anew or taken back leaves the chat, but the calls that it led to were made.
 *
 * @throws {GaitError} `invalid_input` if a line changes what is not there: the calls behind it would be others
 */
export function replayJournal(values: readonly JsonValue[], position: (index: number) => string): JsonValue {
  let state: JsonValue = null;
  const removed = new Map<number, JsonValue[]>();
  values.forEach((line, i) => {
    if (!isJsonObject(line) || !change(line)) {
      throw invalidInput(`Cannot import ${position(i)}: it changes a part of the chat that is not there`, {
        hint: "Import the whole file, as VS Code keeps it in chatSessions",
      });
    }
  });
  return withRemoved(state, removed);

  function keepRemoved(from: number, to?: number): void {
    const requests = at(state, ["requests"]);
    if (!Array.isArray(requests)) return;
    requests.slice(from, to).forEach((request, i) => {
      const known = removed.get(from + i);
      if (known === undefined) removed.set(from + i, [request]);
      else known.push(request);
    });
  }

  function change({ kind, k: path, v: value, i: length }: JsonObject): boolean {
    if (kind === SNAPSHOT) {
      keepRemoved(0);
      state = structuredClone(value ?? null);
      return true;
    }
    if (!Array.isArray(path) || path.length === 0) return false;
    const [first, index] = path;
    if (first === "requests") {
      if (path.length === 2 && typeof index === "number") keepRemoved(index, index + 1);
      else if (path.length === 1) {
        keepRemoved(kind !== PUSH ? 0 : typeof length === "number" ? length : Infinity);
      }
    }
    const holder = at(state, path.slice(0, -1));
    const name = path.at(-1)!;
    if (kind === SET) return holder !== undefined && put(holder, name, structuredClone(value ?? null));
    if (kind === DELETE) return isJsonObject(holder) && typeof name === "string" && delete holder[name];
    const list = at(holder, [name]);
    if (kind !== PUSH || !Array.isArray(list)) return false;
    if (typeof length === "number" && length >= 0 && length < list.length) list.length = Math.trunc(length);
    for (const item of Array.isArray(value) ? value : []) list.push(structuredClone(item));
    return true;
  }
}

/** The chat with the requests that were removed and are no part of it any more, each where it was. */
function withRemoved(state: JsonValue, removed: ReadonlyMap<number, readonly JsonValue[]>): JsonValue {
  const left = at(state, ["requests"]);
  if (removed.size === 0 || !isJsonObject(state)) return state;
  const remaining = Array.isArray(left) ? left : [];
  const idOf = (request: JsonValue | undefined) => isJsonObject(request) ? request.requestId : undefined;
  // The last state of a request is the one that counts.
  const known = new Set(remaining.map(idOf));
  const kept = new Map<number, JsonValue[]>();
  for (const [index, requests] of [...removed].sort(([a], [b]) => a - b)) {
    const fresh = requests.toReversed().filter((request) => {
      const id = idOf(request);
      if (known.has(id)) return false;
      known.add(id);
      return true;
    });
    kept.set(index, fresh.reverse());
  }
  const before = remaining.flatMap((request, i) => [...kept.get(i) ?? [], request]);
  const behind = [...kept].filter(([index]) => index >= remaining.length).flatMap(([, requests]) => requests);
  return { ...state, requests: [...before, ...behind] };
}

function at(value: JsonValue | undefined, path: readonly JsonValue[]): JsonValue | undefined {
  let found = value;
  for (const name of path) {
    if (Array.isArray(found)) found = typeof name === "number" ? found[name] : undefined;
    else if (isJsonObject(found) && typeof name === "string" && Object.hasOwn(found, name)) {
      found = found[name];
    } else return undefined;
  }
  return found;
}

function put(holder: JsonValue, name: JsonValue, value: JsonValue): boolean {
  if (Array.isArray(holder)) {
    if (typeof name !== "number" || !Number.isInteger(name) || name < 0 || name > holder.length) return false;
    holder[name] = value;
    return true;
  }
  if (!isJsonObject(holder) || typeof name !== "string") return false;
  Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
  return true;
}
