import { invalidInput } from "../errors/mod.ts";
import { suggest } from "../formats/suggest.ts";

/**
 * The type of an option. The compiler checks literals only: options read from a file, built in JavaScript or kept in
 * a variable reach the library unchecked.
 */
type Kind =
  | "text"
  | "duration"
  | "switch"
  | "number"
  | "texts"
  | "list"
  | "object"
  | "function"
  | "object or function"
  | "command"
  | "flags"
  | "private key"
  | "public key"
  | "public keys"
  | "trusted keys";

/**
 * All options with their types or allowed texts. The mapped type makes an option that is missing here a compile
 * error.
 */
export type Shape<T> = {
  readonly [K in keyof Required<T>]:
    | Kind
    | (NonNullable<T[K]> extends string ? readonly NonNullable<T[K]>[] : never)
    | (NonNullable<T[K]> extends object ? Shape<NonNullable<T[K]>> : never);
};

type AnyShape = { readonly [name: string]: Kind | readonly string[] | AnyShape };

/**
 * Refuse unknown options and options of the wrong type. A misspelt `requireSignature` would require no signature, and
 * a misspelt `traceDir` would leave decisions without evidence.
 *
 * @param what name of the options in errors
 * @throws {GaitError} `invalid_input` that names the member
 */
export function checkOptions<T extends object>(
  what: string,
  options: T,
  shape: Shape<T>,
  elsewhere: Elsewhere = {},
): void {
  check(what, "", options, shape as AnyShape, elsewhere);
}

/** What to do with members that are often given in the wrong place, by their names. */
export type Elsewhere = { readonly [name: string]: string };

function check(what: string, path: string, options: unknown, shape: AnyShape, elsewhere: Elsewhere): void {
  if (!isRecord(options)) {
    throw invalidInput(`Cannot use ${wordsFor(what, path)}: expected an object`, {
      hint: `Give an object, of ${Object.keys(shape).join(", ")}`,
    });
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(shape, name)) {
      if (Object.hasOwn(elsewhere, name)) {
        throw invalidInput(`Unknown member "${path}${name}" of ${what}`, { hint: elsewhere[name]! });
      }
      throw unknownMember(what, path + name, name, Object.keys(shape));
    }
    if (value === undefined) continue; // same as absent
    const kind = shape[name]!;
    if (isChoice(kind)) {
      if (!kind.includes(value as string)) throw wrong(what, path + name, `one of ${kind.join(", ")}`);
    } else if (typeof kind === "object") check(what, `${path}${name}.`, value, kind, {});
    else if (!IS[kind](value)) throw wrong(what, path + name, WORDS[kind], value);
  }
}

function unknownMember(what: string, path: string, name: string, known: readonly string[]) {
  const meant = suggest(name, known) ?? wordIn(name, known);
  return invalidInput(`Unknown member "${path}" of ${what}`, {
    hint: meant === undefined ? `Use one of: ${known.join(", ")}` : `Did you mean "${meant}"?`,
  });
}

/** The only known name that the mistyped one begins or ends with, such as `policy` for `policyPath`. */
function wordIn(name: string, known: readonly string[]): string | undefined {
  const typed = name.toLowerCase();
  const found = known.filter((one) =>
    typed.startsWith(one.toLowerCase()) || typed.endsWith(one.toLowerCase())
  );
  return found.length === 1 ? found[0] : undefined;
}

function wrong(what: string, path: string, expected: string, found?: unknown) {
  return invalidInput(
    `Cannot use ${wordsFor(what, path)}: expected ${expected}`,
    found instanceof URL ? { hint: "Give its path: fileURLToPath(url), from node:url" } : {},
  );
}

function wordsFor(what: string, path: string): string {
  const member = path.replace(/\.$/, "");
  return member === "" ? what : `"${member}" of ${what}`;
}

/** @throws {GaitError} `invalid_input` unless it is a text */
export function checkText(what: string, value: unknown): void {
  if (typeof value !== "string") throw wrong(what, "", WORDS.text, value);
}

/**
 * Check that a value is the bytes of a file.
 *
 * @throws {GaitError} `invalid_input` for anything else, such as the path of the file
 */
export function checkBytes(what: string, value: unknown): void {
  if (value instanceof Uint8Array) return;
  throw invalidInput(`Cannot read ${what}: expected its bytes`, {
    ...(typeof value === "string" ? { hint: READ_FIRST } : {}),
  });
}

/** @throws {GaitError} `invalid_input` unless it is a text or bytes */
export function checkTextOrBytes(what: string, value: unknown): void {
  if (typeof value !== "string" && !(value instanceof Uint8Array)) {
    throw invalidInput(`Cannot read ${what}: expected a text or bytes`);
  }
  checkContent(what, value);
}

/** What is never the end of a policy, a key or JSON, and often that of the name of their file. */
const ENDINGS = [".json", ".jsonl", ".yaml", ".yml", ".key", ".pem", ".zip"];

/** @throws {GaitError} `invalid_input` for the path of a file in the place of what it holds */
export function checkContent(what: string, value: unknown): void {
  if (typeof value !== "string" || !ENDINGS.some((ending) => value.endsWith(ending))) return;
  if (/[\s{}[\]"]/.test(value)) return;
  throw invalidInput(`Cannot read ${what}: this is the path of a file`, { hint: READ_FIRST });
}

const READ_FIRST = "Read the file first, and give what it holds";

/** @throws {GaitError} `invalid_input` unless it decides calls, as what `openGate` returns does */
export function checkGate(value: unknown): void {
  if (isRecord(value) && typeof value.decide === "function") return;
  throw invalidInput("Cannot ask: expected a gate", {
    hint: value instanceof Promise ? "Wait for it: await openGate(...)" : "Give what openGate() returns",
  });
}

/** @throws {GaitError} `invalid_input` unless it is the content of a runpack */
export function checkRunpack(value: unknown): void {
  if (isRecord(value) && isRecord(value.run) && Array.isArray(value.intents)) return;
  throw invalidInput("Cannot use runpack: expected its content", {
    hint: value instanceof Promise
      ? "Wait for it: await readRunpack(...)"
      : "Give what readRunpack() returns",
  });
}

/** @throws {GaitError} `invalid_input` unless it is one of the texts */
export function checkChoice(what: string, value: unknown, choices: readonly string[]): void {
  if (!choices.includes(value as string)) throw wrong(what, "", `one of ${choices.join(", ")}`);
}

/** @throws {GaitError} `invalid_input` unless it is a private key */
export function checkPrivateKey(value: unknown): void {
  if (!isKey(value, "private")) {
    throw invalidInput("Cannot sign: expected a private key", {
      hint: "Make one with generateKey(), or read it with parsePrivateKey()",
    });
  }
}

/** @throws {GaitError} `invalid_input` unless it is a public key */
export function checkPublicKey(value: unknown): void {
  if (!isKey(value, "public")) {
    throw invalidInput("Cannot use key: expected a public key", {
      hint: "Read it with parsePublicKey(), or take the member public of a private key",
    });
  }
}

/**
 * Check verification keys. An invalid value must not count as "no key", because then signatures would not be checked.
 *
 * @throws {GaitError} `invalid_input` for anything else
 */
export function checkTrustedKeys(value: unknown): void {
  if (!isTrustedKeys(value)) throw wrong("trusted", "", WORDS["trusted keys"]);
}

function isTrustedKeys(value: unknown): boolean {
  if (!isRecord(value)) return false;
  switch (value.source) {
    case "none":
      return true;
    case "flag":
      return isKey(value.key, "public");
    case "store":
      return value.keys instanceof Map;
    default:
      return false;
  }
}

function isKey(value: unknown, type: KeyType): boolean {
  return isRecord(value) && value.handle instanceof CryptoKey && value.handle.type === type;
}

function isChoice(kind: Kind | readonly string[] | AnyShape): kind is readonly string[] {
  return Array.isArray(kind);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Uint8Array);
}

const IS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  "text": (value) => typeof value === "string",
  "duration": (value) => typeof value === "string" || typeof value === "bigint",
  "switch": (value) => typeof value === "boolean",
  "number": (value) => typeof value === "number",
  "texts": (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
  "list": Array.isArray,
  "object": isRecord,
  "function": (value) => typeof value === "function",
  "object or function": (value) => isRecord(value) || typeof value === "function",
  "command": (value) => typeof value === "string" || IS.texts(value) && (value as string[]).length > 0,
  "flags": (value) =>
    isRecord(value) &&
    Object.entries(value).every(([name, text]) =>
      !name.startsWith("-") && (typeof text === "string" || text === true || text === undefined)
    ),
  "private key": (value) => isKey(value, "private"),
  "public key": (value) => isKey(value, "public"),
  "public keys": (value) =>
    value instanceof Map &&
    [...value].every(([name, key]) => typeof name === "string" && isKey(key, "public")),
  "trusted keys": isTrustedKeys,
};

const WORDS: Readonly<Record<Kind, string>> = {
  "text": "a text",
  "duration": "a text such as 30m, or nanoseconds as a bigint",
  "switch": "true or false",
  "number": "a number",
  "texts": "a list of texts",
  "list": "a list",
  "object": "an object",
  "function": "a function",
  "object or function": "an object, or a function that returns it",
  "command": "a text, or a list of a program and its first arguments",
  "flags": "an object of texts and true by names of flags without dashes",
  "private key": "a private key, from generateKey() or parsePrivateKey()",
  "public key": "a public key, from parsePublicKey()",
  "public keys": "a Map of public keys by name",
  "trusted keys": '{ source: "flag", key } with a public key, or what loadTrustStore() gives',
};
