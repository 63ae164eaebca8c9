import { decimalText } from "./decimal.ts";
import type { YamlScalar } from "./node.ts";

/** What a plain scalar is. */
export type Resolved =
  | { readonly kind: "null" }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number; readonly dotted: boolean }
  | { readonly kind: "str" };

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:true|True|TRUE)$/;
const FALSE = /^(?:false|False|FALSE)$/;
// deno-lint-ignore gait/linear-regex -- texts longer than MAX_NUMBER_LENGTH are never tried
const PREFIXED = /^([-+]?)(0x[0-9a-fA-F_]*[0-9a-fA-F]|0o[0-7_]*[0-7]|0b[01_]*[01])_*$/;
// deno-lint-ignore gait/linear-regex -- texts longer than MAX_NUMBER_LENGTH are never tried
const OCTAL = /^([-+]?)0([0-7_]*[0-7])_*$/;
const DECIMAL = /^[-+]?(?:0|[1-9][0-9_]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INFINITY = /^([-+]?)(?:\.inf|\.Inf|\.INF)$/;
const NAN = /^(?:\.nan|\.NaN|\.NAN)$/;
/** First units of anything that is no text: a digit, a sign, a dot, `~`, and the letters of true, false and null. */
const SPECIAL = /^[-+.0-9~tTfFnN]/;

/** A longer text is no number: reading millions of digits takes seconds. */
const MAX_NUMBER_LENGTH = 400;

/** What a plain scalar is (docs/spec/gate.md 1.1, item 4). */
export function resolvePlain(text: string): Resolved {
  if ((text !== "" && !SPECIAL.test(text)) || text.length > MAX_NUMBER_LENGTH) return STR;
  if (NULL.test(text)) return { kind: "null" };
  if (TRUE.test(text)) return { kind: "bool", value: true };
  if (FALSE.test(text)) return { kind: "bool", value: false };
  const integer = integerOf(text);
  if (integer !== undefined) return { kind: "int", value: integer };
  const infinity = INFINITY.exec(text);
  if (infinity) return { kind: "float", value: infinity[1] === "-" ? -Infinity : Infinity, dotted: true };
  if (NAN.test(text)) return { kind: "float", value: NaN, dotted: true };
  const value = FLOAT.test(text) ? Number(digits(text)) : Infinity;
  if (!Number.isFinite(value)) return STR;
  const dotted = text.includes(".");
  // `08` is neither an octal nor a decimal of YAML 1.2: it stays a text.
  return dotted || /[eE]/.test(text) ? { kind: "float", value, dotted } : STR;
}

const STR: Resolved = { kind: "str" };

function integerOf(text: string): bigint | undefined {
  if (DECIMAL.test(text)) return BigInt(digits(text).replace("+", ""));
  const prefixed = PREFIXED.exec(text);
  if (prefixed) return signed(prefixed[1]!, BigInt(digits(prefixed[2]!)));
  const octal = OCTAL.exec(text);
  return octal ? signed(octal[1]!, BigInt(`0o${digits(octal[2]!)}`)) : undefined;
}

function signed(sign: string, value: bigint): bigint {
  return sign === "-" ? -value : value;
}

function digits(text: string): string {
  return text.replaceAll("_", "");
}

/** The text of any scalar: numbers in shortest decimal form, `null` as the empty text. */
export function scalarText({ text, plain }: YamlScalar): string {
  if (!plain) return text;
  const resolved = resolvePlain(text);
  switch (resolved.kind) {
    case "str":
      return text;
    case "null":
      return "";
    case "bool":
      return String(resolved.value);
    case "int":
      // Beyond 64 bits there is no integer in the existing program's language, so the text stays as written.
      return resolved.value >= -(2n ** 63n) && resolved.value < 2n ** 64n ? String(resolved.value) : text;
    case "float":
      return resolved.dotted ? decimalText(resolved.value) : text;
  }
}

/** The integer of a scalar, `null` counting as 0; `undefined` when it is none or has more than 64 bits. */
export function scalarInteger(scalar: YamlScalar): bigint | undefined {
  const value = scalar.plain ? plainInteger(scalar.text) : quotedInteger(scalar.text);
  return value !== undefined && value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined;
}

function plainInteger(text: string): bigint | undefined {
  const resolved = resolvePlain(text);
  switch (resolved.kind) {
    case "null":
      return 0n;
    case "int":
      return resolved.value;
    case "float":
      return truncate(resolved.value);
    case "bool":
      return undefined;
    case "str": // an impossible octal such as `08` is a decimal here
      return text.length <= MAX_NUMBER_LENGTH && /^[-+]?0[0-9_]+$/.test(text)
        ? BigInt(digits(text).replace("+", ""))
        : undefined;
  }
}

/** A quoted number is decimal and has no minus sign. */
function quotedInteger(text: string): bigint | undefined {
  if (text.length > MAX_NUMBER_LENGTH || !FLOAT.test(text) || text.startsWith("-")) return undefined;
  const unsigned = digits(text).replace("+", "");
  return /^[0-9]+$/.test(unsigned) ? BigInt(unsigned) : truncate(Number(digits(text)));
}

function truncate(value: number): bigint | undefined {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
}

/** The number of a scalar, `null` counting as 0; `undefined` when it is none or not finite. */
export function scalarNumber(scalar: YamlScalar): number | undefined {
  if (scalar.plain) {
    const resolved = resolvePlain(scalar.text);
    if (resolved.kind === "float") return Number.isFinite(resolved.value) ? resolved.value : undefined;
  } else if (FLOAT.test(scalar.text) && !scalar.text.startsWith("-")) {
    const value = Number(digits(scalar.text));
    return Number.isFinite(value) ? value : undefined;
  }
  const integer = scalarInteger(scalar);
  return integer === undefined ? undefined : Number(integer);
}

/** The boolean of a scalar, `null` counting as false; `undefined` when it is none (`yes`, `1`, a quoted text). */
export function scalarBool({ text, plain }: YamlScalar): boolean | undefined {
  if (!plain) return undefined;
  if (TRUE.test(text)) return true;
  return FALSE.test(text) || NULL.test(text) ? false : undefined;
}

/** Whether a scalar is `null`, `~` or left out. */
export function isNullScalar({ text, plain }: YamlScalar): boolean {
  return plain && NULL.test(text);
}
