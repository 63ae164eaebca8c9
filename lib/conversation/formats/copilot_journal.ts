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
 * The chat that a journal ends with.
 *
 * @throws {GaitError} `invalid_input` if a line changes what is not there: the calls behind it would be others
 */
export function replayJournal(values: readonly JsonValue[], position: (index: number) => string): JsonValue {
  let state: JsonValue = null;
  values.forEach((line, i) => {
    if (!isJsonObject(line) || !change(line)) {
      throw invalidInput(`Cannot import ${position(i)}: it changes a part of the chat that is not there`, {
        hint: "Import the whole file, as VS Code keeps it in chatSessions",
      });
    }
  });
  return state;

  function change({ kind, k: path, v: value, i: length }: JsonObject): boolean {
    if (kind === SNAPSHOT) {
      state = structuredClone(value ?? null);
      return true;
    }
    if (!Array.isArray(path) || path.length === 0) return false;
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
